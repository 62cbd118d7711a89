"""The long checks look through the same browser as the quick ones."""

from tests.browser.conftest import chromium, live, served, visit

__all__ = ["chromium", "live", "served", "visit"]
