"""Documents of the world outside: bytes to plain dataclasses and back.

Knows the standards and how people bend them; knows nothing of our models, and no Django.
"""
