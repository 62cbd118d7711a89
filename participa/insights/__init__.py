"""Figures read across everything: `participa stats` and `participa recount`."""
