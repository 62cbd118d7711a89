"""The demonstration network: real centres, a real consultation, accounts that are roles and not persons.

Path: `cli, runtime → loader → content, centres.csv, opinions.jsonl` (made by `tools/demo_opinions.py`).
"""
