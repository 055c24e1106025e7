"""What an honest board is worth: the same made-up county searched by phone, by a plain board and by ours.

Beds fill and empty, places tell of them late, phones ring out, places say no to people they list. It needs no database.
How a place is judged is not told again here: trust, truth and fit are the rules that the product runs. It is a
simulation, and says so wherever it is shown.
"""
