"""The episode: somebody is in crisis, and we stand beside them until others do.

Keeps cases, dangers, triage codes, stabilization gates, who is accountable, notes and contacts, barriers,
follow-ups and closures. Refuses to know what was planned or where somebody sleeps.
"""
