"""translations: the words of spaces and of the network in its other languages"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

TABLES = ("network", "spaces", "space_groups", "phases", "components", "topics")


def upgrade() -> None:
    for table in TABLES:
        column = sa.Column("translations", postgresql.JSONB(), server_default="{}", nullable=False)
        op.add_column(table, column)


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "translations")
