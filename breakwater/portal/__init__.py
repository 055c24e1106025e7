"""The helped person's own copy: what they may read about themselves, on a page that tells nobody who looks over their
shoulder what it is, and the few things they do there with their own hands. Everything else is for those who work on it:
here nobody has a name, and nothing is kept on a device.
"""
