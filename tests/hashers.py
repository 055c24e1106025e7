"""Real Argon2, as little of it as it allows: tests sign in often."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    time_cost = 1
    memory_cost = 8
    parallelism = 1


QUICK_HASHERS = ["tests.hashers.QuickArgon2"]
