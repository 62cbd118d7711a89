"""What spaces keep of their documents must equal them."""

from participa.db import Counter

COUNTERS = [
    Counter(
        "spaces",
        "document_count",
        "SELECT count(*) FROM attachments a WHERE a.space_id = t.id AND a.purpose = 'document'"
        " AND a.trashed_at IS NULL",
    )
]
