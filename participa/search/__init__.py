"""Search over everything that the reader may read.

A page goes `views → queries → templates/search/`; `words.py` turns what was typed into a query,
`extracts.py` shows the words found in their sentence.
"""
