"""What contributions give to packages below them."""

from participa.contributions import activity

__all__ = ["activity"]
