"""What holds for every test: generated cases have no deadline, since no test measures speed."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
