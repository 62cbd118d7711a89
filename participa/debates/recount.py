"""What the figures kept by debates must equal."""

from participa.db import Counter

_ARGUMENTS = (
    "SELECT count(*) FROM arguments a JOIN contributions c ON c.id = a.id"
    " WHERE a.debate_id = t.id AND a.side = {}"
    " AND c.deleted_at IS NULL AND c.hidden_at IS NULL AND c.trashed_at IS NULL"
)

COUNTERS = [
    Counter("debates", "for_count", _ARGUMENTS.format(1)),
    Counter("debates", "contra_count", _ARGUMENTS.format(-1)),
    Counter(
        "arguments",
        "backed",
        "SELECT count(*) FROM votes v WHERE v.contribution_id = t.id AND v.value = 1 AND v.counted",
    ),
]
