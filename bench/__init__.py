"""How fast it is: a reproducible database, the production server, and figures that noise does not move.

Path: `__main__ → fill (the data) → server (processes and their CPU) → rows (what is asked) → table`.
"""
