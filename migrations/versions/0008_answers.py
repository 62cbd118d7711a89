"""states of answers per component, answers with their history, templates, promised dates"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

FIRST_STATES = """
INSERT INTO proposal_states (component_id, token, name_fr, name_en, glyph, tone, is_final, needs_reason,
                             needs_costs, position)
SELECT c.id, s.* FROM components c CROSS JOIN (VALUES
  ('evaluating', 'En évaluation', 'Under evaluation', 'circle-half', 'part', false, false, false, 0),
  ('accepted', 'Acceptée', 'Accepted', 'check-circle-fill', 'ok', true, false, true, 1),
  ('rejected', 'Non retenue', 'Not retained', 'x-lg', 'no', true, true, false, 2)) AS s
WHERE c.kind = 'proposals' ORDER BY c.id
"""

GIVEN_ANSWERS = """
INSERT INTO answers (proposal_id, standing, state_id, body, html, given_at, given_by_id, published_at)
SELECT p.id, 'current', s.id, p.answer_body, p.answer_html, p.answered_at, p.answered_by_id, p.answered_at
FROM proposals p JOIN contributions c ON c.id = p.id
JOIN proposal_states s ON s.component_id = c.component_id AND s.token = p.answer
"""

ANSWERS_BACK = """
UPDATE proposals p SET answer = CASE WHEN s.token IN ('evaluating', 'accepted', 'rejected') THEN s.token
    WHEN NOT s.is_final THEN 'evaluating' WHEN s.tone = 'ok' THEN 'accepted' ELSE 'rejected' END,
  answer_body = a.body, answer_html = a.html, answered_at = a.published_at, answered_by_id = a.given_by_id
FROM answers a JOIN proposal_states s ON s.id = a.state_id
WHERE a.proposal_id = p.id AND a.standing = 'current'
"""


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "proposal_states",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("component_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("name_fr", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("glyph", sa.Text(), nullable=False),
        sa.Column("tone", sa.Text(), nullable=False),
        sa.Column("is_final", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("needs_reason", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("needs_costs", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["components.id"],
            name=op.f("fk_proposal_states_component_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_states")),
        sa.UniqueConstraint("component_id", "token", name=op.f("uq_proposal_states_component_id_token")),
    )
    op.create_index(
        "ix_proposal_states_component", "proposal_states", ["component_id", "position", "id"]
    )
    op.execute(FIRST_STATES)
    op.create_table(
        "answers",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "standing",
            sa.Enum("current", "pending", "past", name="standing", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("state_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("html", sa.Text(), server_default="", nullable=False),
        sa.Column("cost", sa.Numeric(14, 2), nullable=True),
        sa.Column("cost_report", sa.Text(), server_default="", nullable=False),
        sa.Column("execution_period", sa.Text(), server_default="", nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "standing <> 'current' OR published_at IS NOT NULL", name=op.f("answer_in_force_is_published")
        ),
        sa.CheckConstraint(
            "standing <> 'pending' OR published_at IS NULL", name=op.f("pending_answer_is_internal")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_answers_proposal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["state_id"], ["proposal_states.id"], name=op.f("fk_answers_state_id")),
        sa.ForeignKeyConstraint(["given_by_id"], ["members.id"], name=op.f("fk_answers_given_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
    )
    op.create_index("ix_answers_proposal", "answers", ["proposal_id", "id"])
    op.create_index("ix_answers_state", "answers", ["state_id"])
    op.create_index(
        "uq_answers_standing",
        "answers",
        ["proposal_id", "standing"],
        unique=True,
        postgresql_where="standing <> 'past'",
    )
    op.execute(GIVEN_ANSWERS)
    op.create_table(
        "answer_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("component_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["components.id"],
            name=op.f("fk_answer_templates_component_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["state_id"], ["proposal_states.id"], name=op.f("fk_answer_templates_state_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_templates")),
        sa.UniqueConstraint("component_id", "name", name=op.f("uq_answer_templates_component_id_name")),
    )
    for name, kind in (
        ("state_id", sa.Integer()),
        ("goal_reached_at", sa.DateTime(timezone=True)),
        ("promised_on", sa.Date()),
        ("reminded_at", sa.DateTime(timezone=True)),
    ):
        op.add_column("proposals", sa.Column(name, kind, nullable=True))
    op.create_foreign_key(
        op.f("fk_proposals_state_id"), "proposals", "proposal_states", ["state_id"], ["id"]
    )
    op.execute(
        "UPDATE proposals SET state_id = a.state_id FROM answers a WHERE a.proposal_id = proposals.id"
    )
    op.create_index(
        "ix_proposals_state", "proposals", ["state_id"], postgresql_where="state_id IS NOT NULL"
    )
    op.create_index(
        "ix_proposals_promised", "proposals", ["promised_on"], postgresql_where="promised_on IS NOT NULL"
    )
    op.drop_index("ix_proposals_answer", table_name="proposals", postgresql_where="answer IS NOT NULL")
    op.drop_constraint(op.f("answer_is_dated"), "proposals", type_="check")
    for name in ("answer", "answer_body", "answer_html", "answered_at", "answered_by_id"):
        op.drop_column("proposals", name)


def downgrade() -> None:
    """Take the change back; states that did not exist before become the nearest that did."""
    op.add_column(
        "proposals",
        sa.Column(
            "answer",
            sa.Enum("evaluating", "accepted", "rejected", name="answer", native_enum=False, length=32),
            nullable=True,
        ),
    )
    op.add_column("proposals", sa.Column("answer_body", sa.Text(), server_default="", nullable=False))
    op.add_column("proposals", sa.Column("answer_html", sa.Text(), server_default="", nullable=False))
    op.add_column("proposals", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("proposals", sa.Column("answered_by_id", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_proposals_answered_by_id"), "proposals", "members", ["answered_by_id"], ["id"]
    )
    op.execute(ANSWERS_BACK)
    op.create_check_constraint(
        op.f("answer_is_dated"), "proposals", "(answer IS NULL) = (answered_at IS NULL)"
    )
    op.create_index("ix_proposals_answer", "proposals", ["answer"], postgresql_where="answer IS NOT NULL")
    op.drop_index("ix_proposals_promised", table_name="proposals")
    op.drop_index("ix_proposals_state", table_name="proposals")
    op.drop_constraint(op.f("fk_proposals_state_id"), "proposals", type_="foreignkey")
    for name in ("reminded_at", "promised_on", "goal_reached_at", "state_id"):
        op.drop_column("proposals", name)
    for table in ("answer_templates", "answers", "proposal_states"):
        op.drop_table(table)
