"""What the figure kept by follows must equal."""

from participa.db import Counter

COUNTERS = [
    Counter("contributions", "follow_count", "SELECT count(*) FROM follows f WHERE f.contribution_id = t.id")
]
