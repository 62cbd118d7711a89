"""Spaces as files: all that stands in one, taken away as JSON, and a space made of such a file.

`taking` writes the document, `bringing` reads it. What a file holds goes and comes exactly: exporting an imported space
gives the same document. Who wrote is a name, never an account; votes are counts, never who cast them.
"""
