"""Registers with the packages below what the pages of spaces show of a space's life."""

from participa.home import blocks, overview

__all__ = ["blocks"]

overview.register()
