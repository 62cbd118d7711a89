"""trash: who put a contribution there, which tells it from what a merge put there"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contributions", sa.Column("trashed_by_id", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_contributions_trashed_by_id"), "contributions", "members", ["trashed_by_id"], ["id"]
    )
    op.create_index(
        "ix_contributions_trash",
        "contributions",
        ["component_id", "trashed_at"],
        postgresql_where="trashed_by_id IS NOT NULL",
    )


def downgrade() -> None:
    op.execute("UPDATE contributions SET trashed_at = NULL WHERE trashed_by_id IS NOT NULL")
    op.drop_index("ix_contributions_trash", table_name="contributions")
    op.drop_constraint(op.f("fk_contributions_trashed_by_id"), "contributions", type_="foreignkey")
    op.drop_column("contributions", "trashed_by_id")
