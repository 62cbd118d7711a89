"""kinds of spaces: assemblies with children, events with days and a programme, groups, former addresses"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TEXTS = ("announcement", "announcement_html", "promoter", "programme", "programme_html")


def upgrade() -> None:
    op.create_table(
        "space_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("html", sa.Text(), server_default="", nullable=False),
        sa.Column("accent", sa.Text(), server_default="reseau", nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_space_groups")),
        sa.UniqueConstraint("slug", name=op.f("uq_space_groups_slug")),
    )
    op.create_index("ix_space_groups_position", "space_groups", ["position", "id"])
    for name in TEXTS:
        op.add_column("spaces", sa.Column(name, sa.Text(), server_default="", nullable=False))
    for name in ("starts_on", "ends_on"):
        op.add_column("spaces", sa.Column(name, sa.Date(), nullable=True))
    for name, target in (("parent_id", "spaces"), ("group_id", "space_groups")):
        op.add_column("spaces", sa.Column(name, sa.Integer(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_spaces_{name}"), "spaces", target, [name], ["id"], ondelete="SET NULL"
        )
    op.create_index(
        "ix_spaces_parent", "spaces", ["parent_id"], postgresql_where="parent_id IS NOT NULL"
    )
    op.create_index("ix_spaces_group", "spaces", ["group_id"], postgresql_where="group_id IS NOT NULL")
    op.create_check_constraint(op.f("space_ends_after_it_starts"), "spaces", "ends_on >= starts_on")
    op.create_check_constraint(
        op.f("only_assemblies_have_parents"), "spaces", "parent_id IS NULL OR kind = 'assembly'"
    )
    op.create_table(
        "former_slugs",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("fk_former_slugs_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_former_slugs")),
    )
    op.create_index(op.f("ix_former_slugs_space_id"), "former_slugs", ["space_id"])
    op.create_table(
        "related_spaces",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("related_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("space_id <> related_id", name=op.f("space_is_not_related_to_itself")),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("fk_related_spaces_space_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["related_id"], ["spaces.id"], name=op.f("fk_related_spaces_related_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("space_id", "related_id", name=op.f("pk_related_spaces")),
    )
    op.create_index(op.f("ix_related_spaces_related_id"), "related_spaces", ["related_id"])


def downgrade() -> None:
    op.drop_table("related_spaces")
    op.drop_table("former_slugs")
    op.drop_constraint(op.f("only_assemblies_have_parents"), "spaces", type_="check")
    op.drop_constraint(op.f("space_ends_after_it_starts"), "spaces", type_="check")
    op.execute("UPDATE spaces SET kind = 'thematic' WHERE kind IN ('assembly', 'event')")
    op.drop_index("ix_spaces_group", table_name="spaces")
    op.drop_index("ix_spaces_parent", table_name="spaces")
    for name in ("group_id", "parent_id", "ends_on", "starts_on", *reversed(TEXTS)):
        op.drop_column("spaces", name)
    op.drop_table("space_groups")
