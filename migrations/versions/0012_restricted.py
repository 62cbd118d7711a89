"""restricted: amendments that only those they concern read"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COLUMNS = ["component_id", "withdrawn_at"]
ROOTS = "about_id IS NULL AND deleted_at IS NULL AND hidden_at IS NULL AND trashed_at IS NULL"


def upgrade() -> None:
    op.add_column(
        "contributions", sa.Column("restricted", sa.Boolean(), server_default="false", nullable=False)
    )
    op.drop_index("ix_contributions_shown", table_name="contributions")
    op.create_index(
        "ix_contributions_shown",
        "contributions",
        COLUMNS,
        postgresql_where=f"{ROOTS} AND NOT restricted",
    )


def downgrade() -> None:
    op.drop_index("ix_contributions_shown", table_name="contributions")
    op.create_index("ix_contributions_shown", "contributions", COLUMNS, postgresql_where=ROOTS)
    op.drop_column("contributions", "restricted")
