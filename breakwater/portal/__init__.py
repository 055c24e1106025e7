"""Pages for those who are nobody's user: the helped person's own copy, and a site that answers one letter by a link.

The person's page tells nobody who looks over their shoulder what it is; nobody has a name there, and nothing is kept on
a device. A site reads one letter and nothing behind it. What was planned, promised and shared is for those who work on
it: here it is only shown, and answered.
"""
