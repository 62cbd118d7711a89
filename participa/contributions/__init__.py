"""The base of everything people publish: text, versions, counters, drafts, words to search.

Path: `kinds' services → services → models`, `views (drafts) → drafts → models`, `queries → every list`.
"""
