"""How models and database are compared; shared by Alembic's environment and the test of the migrations."""

from typing import Any

from participa.similarity.models import NEAR_INDEX


def is_ours(item: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Leave out of comparisons procrastinate's own tables, and the index that only servers with pgvector have."""
    if kind == "index" and name == NEAR_INDEX:
        return False
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


options: dict[str, Any] = {"include_object": is_ours, "compare_type": True, "compare_server_default": False}
