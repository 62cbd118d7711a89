"""amendments, and limits to editing and withdrawing"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

AS_BEFORE = """
UPDATE components SET settings = '{"proposal_edit_time": "infinite", "edit_locked_by_supports": false,
  "withdrawal_locked_by_supports": false}'::jsonb || settings WHERE kind = 'proposals'
"""
"""Components that exist keep letting authors edit and withdraw as they did."""

AND_BACK = """
UPDATE components SET settings = settings - '{proposal_edit_time,edit_time,edit_locked_by_supports,
  withdrawal_locked_by_supports,amendments_enabled}'::text[] WHERE kind = 'proposals'
"""


def upgrade() -> None:
    """Apply the change."""
    op.execute(AS_BEFORE)
    op.create_table(
        "amendments",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("base_number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("decision", sa.String(length=32), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decision_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=True),
        sa.Column("promoted_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)"
            " AND (decision IS NOT DISTINCT FROM 'accepted') = (version_number IS NOT NULL)",
            name="decision_is_dated",
        ),
        sa.CheckConstraint(
            "promoted_id IS NULL OR decision = 'rejected'", name="only_the_rejected_are_promoted"
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contributions.id"], name="fk_amendments_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["members.id"], name="fk_amendments_decided_by_id"),
        sa.ForeignKeyConstraint(
            ["promoted_id"], ["contributions.id"], name="fk_amendments_promoted_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_amendments"),
    )
    op.create_index(
        "uq_amendments_promoted",
        "amendments",
        ["promoted_id"],
        unique=True,
        postgresql_where=sa.text("promoted_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Take the change back; amendments are lost."""
    op.execute("DELETE FROM contributions WHERE kind = 'amendment'")
    op.drop_table("amendments")
    op.execute(AND_BACK)
