"""The one room for files that come in: looked through, written anew, kept encrypted, and given out only as attachments.

Keeps files, what a scanner said of them, and who let one be opened that no scanner looked at. Refuses to know what a
file is about: whoever hangs one on a record says which record that is, and it is seen by whoever sees the record.
"""
