"""several authors"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply the change."""
    op.add_column(
        "contributions",
        sa.Column("coauthor_ids", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
    )
    op.add_column(
        "contributions", sa.Column("official", sa.Boolean(), server_default="false", nullable=False)
    )
    op.create_table(
        "authorships",
        sa.Column("contribution_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("accepted_at IS NULL OR declined_at IS NULL", name="authorship_is_taken_or_left"),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contributions.id"],
            name="fk_authorships_contribution_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_authorships_member_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centres.id"], name="fk_authorships_centre_id"),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["members.id"], name="fk_authorships_invited_by_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("contribution_id", "member_id", name="pk_authorships"),
    )
    op.create_index(
        "ix_authorships_member",
        "authorships",
        ["member_id"],
        postgresql_where=sa.text("accepted_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("authorships")
    op.drop_column("contributions", "official")
    op.drop_column("contributions", "coauthor_ids")
