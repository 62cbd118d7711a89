"""The front page, and what happens in spaces as told to their pages.

A page goes `views → queries → templates/home/`.
`overview.py` fills what spaces ask of those above them.
"""
