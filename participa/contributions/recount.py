"""What contributions keep of other tables must equal them."""

from participa.db import Counter

COUNTERS = [
    Counter(
        "contributions",
        "coauthor_ids",
        "ARRAY(SELECT a.member_id FROM authorships a WHERE a.contribution_id = t.id"
        " AND a.accepted_at IS NOT NULL ORDER BY a.accepted_at, a.member_id)",
        where="t.kind = 'proposal'",
        is_list=True,
    ),
]
