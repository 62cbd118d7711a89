"""imports: files that administrators bring in, line by line"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STAGES = ("matching", "checked", "running", "done")
FATES = ("ready", "wrong", "known", "repeated", "added")


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("component_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("matching", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("stage", sa.Enum(*STAGES, name="stage", native_enum=False, length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("source <> ''", name=op.f("import_names_its_source")),
        sa.ForeignKeyConstraint(
            ["component_id"], ["components.id"], name=op.f("fk_imports_component_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_imports_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index("ix_imports_component", "imports", ["component_id", "created_at", "id"])
    op.create_index("ix_imports_created", "imports", ["created_at"])
    op.create_table(
        "import_lines",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fate", sa.Enum(*FATES, name="fate", native_enum=False, length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_lines_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_import_lines")),
    )
    op.create_index("ix_import_lines_fate", "import_lines", ["import_id", "fate", "number"])


def downgrade() -> None:
    op.drop_index("ix_import_lines_fate", table_name="import_lines")
    op.drop_table("import_lines")
    op.drop_index("ix_imports_created", table_name="imports")
    op.drop_index("ix_imports_component", table_name="imports")
    op.drop_table("imports")
