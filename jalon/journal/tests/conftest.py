from jalon.journal.testing import emptied_between_tests

__all__ = ["emptied_between_tests"]
