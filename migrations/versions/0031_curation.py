"""curation: what is pinned and featured, and the acts of those who curate"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, name in (("components", "pinned"), ("spaces", "featured")):
        op.add_column(
            table, sa.Column(name, sa.ARRAY(sa.BigInteger()), server_default="{}", nullable=False)
        )
    op.create_table(
        "curation_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("details", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["members.id"], name=op.f("fk_curation_acts_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("fk_curation_acts_space_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"],
            ["members.id"],
            name=op.f("fk_curation_acts_undone_by_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curation_acts")),
    )
    op.create_index("ix_curation_acts_space", "curation_acts", ["space_id", "id"])
    op.create_index(op.f("ix_curation_acts_by_id"), "curation_acts", ["by_id"])


def downgrade() -> None:
    op.drop_table("curation_acts")
    op.drop_column("spaces", "featured")
    op.drop_column("components", "pinned")
