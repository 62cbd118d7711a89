"""official debates: instructions, what is new, one or two columns, and whether messages are taken"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

COLUMNS = (
    sa.Column("instructions", sa.Text(), server_default="", nullable=False),
    sa.Column("instructions_html", sa.Text(), server_default="", nullable=False),
    sa.Column("updates", sa.Text(), server_default="", nullable=False),
    sa.Column("updates_html", sa.Text(), server_default="", nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("columns", sa.SmallInteger(), server_default="2", nullable=False),
    sa.Column("comments_open", sa.Boolean(), server_default=sa.text("true"), nullable=False),
)


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("debates", column)
    op.create_check_constraint(op.f("one_or_two_columns"), "debates", "columns IN (1, 2)")


def downgrade() -> None:
    op.drop_constraint(op.f("one_or_two_columns"), "debates", type_="check")
    for column in reversed(COLUMNS):
        op.drop_column("debates", column.name)
