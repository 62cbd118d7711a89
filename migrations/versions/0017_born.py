"""born: proposals that a message or an argument gave birth to"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contributions", sa.Column("born_from_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_contributions_born_from_id"),
        "contributions",
        "contributions",
        ["born_from_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index(
        "ix_contributions_born",
        "contributions",
        ["born_from_id"],
        postgresql_where="born_from_id IS NOT NULL",
    )


def downgrade() -> None:
    op.drop_index("ix_contributions_born", table_name="contributions")
    op.drop_constraint(op.f("fk_contributions_born_from_id"), "contributions", type_="foreignkey")
    op.drop_column("contributions", "born_from_id")
