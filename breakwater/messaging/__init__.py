"""What people who help write to each other, and what Breakwater says to anybody outside its own pages.

Keeps a thread for each case and each letter, and one outbox of notices with everything that decides whether one may go.
Refuses to know the words of a notice: they are fixed, name nobody, and stand in ``notices.toml``.
"""
