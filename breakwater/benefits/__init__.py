"""Benefits: what may be worth applying for, what was applied for, and every deadline until it is renewed.

Keeps pre-screens, applications with their papers and notices, and the programs as dated figures. Refuses to know who is
entitled: that is for the office to decide, and a pre-screen promises nothing.
"""
