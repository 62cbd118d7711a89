"""What the figures kept by debates must equal."""

from participa.db import Counter

_SHOWN = "c.deleted_at IS NULL AND c.hidden_at IS NULL AND c.trashed_at IS NULL"
_ARGUMENTS = (
    "SELECT count(*) FROM arguments a JOIN contributions c ON c.id = a.id"  # noqa: S608
    f" WHERE a.debate_id = t.id AND a.side = {{}} AND {_SHOWN}"
)

COUNTERS = [
    Counter("debates", "for_count", _ARGUMENTS.format(1)),
    Counter("debates", "contra_count", _ARGUMENTS.format(-1)),
    Counter(
        "debates",
        "question_count",
        "SELECT count(*) FROM questions q JOIN contributions c ON c.id = q.id WHERE q.debate_id = t.id"  # noqa: S608
        f" AND {_SHOWN}",
    ),
    Counter(
        "questions",
        "raised",
        "SELECT count(*) FROM votes v WHERE v.contribution_id = t.id AND v.value = 1 AND v.counted",
    ),
    Counter(
        "questions",
        "answers",
        "SELECT count(*) FROM comments k JOIN contributions c ON c.id = k.id WHERE k.root_id = t.id"  # noqa: S608
        f" AND k.nature = 'answer' AND {_SHOWN}",
    ),
    Counter(
        "arguments",
        "backed",
        "SELECT count(*) FROM votes v WHERE v.contribution_id = t.id AND v.value = 1 AND v.counted",
    ),
]
