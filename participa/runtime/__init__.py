"""What runs Participa: `make run` and `make serve` start one supervisor, which keeps the rest going.

`cli → launch → supervisor → web (gunicorn), worker, embedded PostgreSQL`; `database` finds and checks the
PostgreSQL of an instance for everything that needs one, commands included.
"""
