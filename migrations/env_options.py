"""How models and database are compared; shared by Alembic's environment and the test of the migrations."""

from typing import Any


def is_ours(item: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Leave procrastinate's own tables out of comparisons."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


options: dict[str, Any] = {"include_object": is_ours, "compare_type": True, "compare_server_default": False}
