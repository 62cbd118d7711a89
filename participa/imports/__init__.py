"""Bringing in what was written elsewhere.

Path: `cli → republique_numerique (reads one source's format) → machinery (writes, each thing once) → features' models`.
"""
