"""Registers with the packages below what the pages of spaces show of a space's life."""

from participa.home import overview

overview.register()
