"""The pages on which an agency keeps its own house: its people, units and roles; reviews of access; stopping it.

They stand at the top, because whoever leaves must hand over what they held, and that lies in ``cases``. Neither models
nor rules; refuses to know the person helped: who administers reads no record.
"""
