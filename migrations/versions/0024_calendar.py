"""calendar: phases that the worker announced, when they began and when the last one ended"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("begun_at", "ended_at"):
        op.add_column("phases", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE phases SET begun_at = now() WHERE starts_on <= CURRENT_DATE")
    op.execute("UPDATE phases SET ended_at = now() WHERE ends_on < CURRENT_DATE")
    op.create_index("ix_phases_waiting", "phases", ["starts_on"], postgresql_where="begun_at IS NULL")
    op.create_index("ix_phases_under_way", "phases", ["ends_on"], postgresql_where="ended_at IS NULL")


def downgrade() -> None:
    op.drop_index("ix_phases_under_way", table_name="phases")
    op.drop_index("ix_phases_waiting", table_name="phases")
    for name in ("ended_at", "begun_at"):
        op.drop_column("phases", name)
