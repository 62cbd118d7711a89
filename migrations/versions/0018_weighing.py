"""weighing: threads marked as a whole, and arguments ordered by index"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unweighed",
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["root_id"], ["contributions.id"], name=op.f("fk_unweighed_root_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("root_id", name=op.f("pk_unweighed")),
    )
    op.add_column("arguments", sa.Column("backed", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE arguments a SET backed = c.support_count FROM contributions c WHERE c.id = a.id")
    op.drop_index("ix_arguments_debate", table_name="arguments")
    op.drop_index("ix_arguments_together", table_name="arguments")
    for name in ("backed", "together"):
        op.create_index(
            f"ix_arguments_{name}", "arguments", ["debate_id", "side", sa.text(f"(-{name})"), "id"]
        )
    op.execute(
        "INSERT INTO unweighed SELECT DISTINCT k.root_id FROM comments k JOIN contributions c ON c.id = k.id"
        " WHERE k.depth = 0 AND c.support_count + c.against_count > 0"
        " UNION SELECT debate_id FROM arguments WHERE backed > 0"
    )


def downgrade() -> None:
    for name in ("together", "backed"):
        op.drop_index(f"ix_arguments_{name}", table_name="arguments")
    op.create_index("ix_arguments_together", "arguments", ["debate_id", "side", "together", "id"])
    op.create_index("ix_arguments_debate", "arguments", ["debate_id", "side"])
    op.drop_column("arguments", "backed")
    op.drop_table("unweighed")
