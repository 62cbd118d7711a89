"""arguments: those that moderators lift out of a thread"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("arguments", sa.Column("origin_id", sa.BigInteger(), nullable=True))
    op.add_column("arguments", sa.Column("lifted_by_id", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_arguments_origin_id"),
        "arguments",
        "contributions",
        ["origin_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_foreign_key(op.f("fk_arguments_lifted_by_id"), "arguments", "members", ["lifted_by_id"], ["id"])
    op.create_index(
        "ix_arguments_origin",
        "arguments",
        ["origin_id"],
        unique=True,
        postgresql_where="origin_id IS NOT NULL",
    )


def downgrade() -> None:
    op.drop_index("ix_arguments_origin", table_name="arguments")
    op.drop_constraint(op.f("fk_arguments_lifted_by_id"), "arguments", type_="foreignkey")
    op.drop_constraint(op.f("fk_arguments_origin_id"), "arguments", type_="foreignkey")
    op.drop_column("arguments", "lifted_by_id")
    op.drop_column("arguments", "origin_id")
