"""born in: the discussion that gave birth to a proposal"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contributions", sa.Column("born_in_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_contributions_born_in_id"),
        "contributions",
        "contributions",
        ["born_in_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.execute(
        "UPDATE contributions c SET born_in_id = source.about_id FROM contributions source"
        " WHERE source.id = c.born_from_id"
    )
    op.create_index(
        "ix_contributions_born_in",
        "contributions",
        ["born_in_id", "id"],
        postgresql_where="born_in_id IS NOT NULL",
    )


def downgrade() -> None:
    op.drop_index("ix_contributions_born_in", table_name="contributions")
    op.drop_constraint(op.f("fk_contributions_born_in_id"), "contributions", type_="foreignkey")
    op.drop_column("contributions", "born_in_id")
