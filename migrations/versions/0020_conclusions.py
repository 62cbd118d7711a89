"""conclusions: corrected ones, and versions of each part of a debate"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

PART = sa.Enum(
    "text", "instructions", "updates", "conclusions", name="part", native_enum=False, length=32
)
KEPT = """
    INSERT INTO versions (contribution_id, part, number, body, editor_id, at, reason)
    SELECT d.id, '{part}', 1, d.{part}, {editor}, {at}, '' FROM debates d JOIN contributions c ON c.id = d.id
    WHERE d.{part} <> ''
"""


def upgrade() -> None:
    op.add_column("debates", sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("versions", sa.Column("part", PART, server_default="text", nullable=False))
    op.drop_constraint(op.f("uq_versions_contribution_id_number"), "versions", type_="unique")
    op.create_unique_constraint(
        op.f("uq_versions_contribution_id_part_number"), "versions", ["contribution_id", "part", "number"]
    )
    for table in ("comments", "arguments"):
        op.add_column(table, sa.Column("shared", sa.Boolean(), server_default="false", nullable=False))
    op.create_index(
        "ix_comments_shared", "comments", ["root_id", "together"], postgresql_where="shared"
    )
    op.execute(
        "INSERT INTO unweighed SELECT DISTINCT root_id FROM comments WHERE together > 0"
        " UNION SELECT debate_id FROM arguments WHERE together > 0 ON CONFLICT DO NOTHING"
    )
    for part, editor, at in (
        ("instructions", "c.author_id", "c.published_at"),
        ("updates", "c.author_id", "coalesce(d.updated_at, c.published_at)"),
        ("conclusions", "d.closed_by_id", "coalesce(d.closed_at, c.published_at)"),
    ):
        op.execute(KEPT.format(part=part, editor=editor, at=at))


def downgrade() -> None:
    op.drop_index("ix_comments_shared", table_name="comments")
    for table in ("arguments", "comments"):
        op.drop_column(table, "shared")
    op.execute("DELETE FROM versions WHERE part <> 'text'")
    op.drop_constraint(op.f("uq_versions_contribution_id_part_number"), "versions", type_="unique")
    op.create_unique_constraint(
        op.f("uq_versions_contribution_id_number"), "versions", ["contribution_id", "number"]
    )
    op.drop_column("versions", "part")
    op.drop_column("debates", "corrected_at")
