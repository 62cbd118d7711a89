"""Texts that say nearly the same, found by meaning.

Published texts are turned into vectors by the worker: subscribers → tasks → services → models. A text being typed is
turned into one by the encoder, a process of its own: client → encoder. Pages ask queries for what is close to either.
"""
