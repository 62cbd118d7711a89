"""The acts of the record in the words of the log."""

from dataclasses import dataclass
from typing import Any

from participa.catalogues import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Group:
    """Acts that are looked for together."""

    label: Any
    prefixes: tuple[str, ...]


GROUPS: dict[str, Group] = {
    "moderation": Group(_l("Moderation"), ("moderation", "report")),
    "settings": Group(
        _l("Settings"),
        ("network", "space", "component", "phase", "topic", "proposal_state", "answer_template"),
    ),
    "members": Group(
        _l("Members and roles"),
        ("member", "coordinator", "role", "invitation", "password", "password_link", "centre"),
    ),
    "contributions": Group(
        _l("Contributions"),
        (
            "proposal",
            "authorship",
            "amendment",
            "debate",
            "comment",
            "argument",
            "attachment",
            "draft",
            "contribution",
        ),
    ),
    "mail": Group(_l("Mail"), ("mail",)),
    "sessions": Group(_l("Sign-ins"), ("session",)),
}

ACTIONS: dict[str, Any] = {
    "amendment.accepted": _l("Amendment accepted"),
    "amendment.promoted": _l("Amendment made a proposal of its own"),
    "amendment.published": _l("Amendment published"),
    "amendment.rejected": _l("Amendment not retained"),
    "amendment.withdrawn": _l("Amendment withdrawn"),
    "argument.deleted": _l("Argument deleted by its author"),
    "argument.edited": _l("Argument edited"),
    "argument.lifted": _l("Message made an argument by the moderators"),
    "argument.posted": _l("Argument published"),
    "attachment.added": _l("File attached"),
    "attachment.removed": _l("File removed"),
    "authorship.accepted": _l("Became an author beside others"),
    "authorship.cancelled": _l("Invitation to be an author cancelled"),
    "authorship.declined": _l("Invitation to be an author declined"),
    "authorship.left": _l("No longer an author"),
    "authorship.offered": _l("Invited to be an author"),
    "centre.changed": _l("Centre edited"),
    "centre.joined": _l("Centre joined the network"),
    "centre.left": _l("Centre left the network"),
    "centre.returned": _l("Centre came back to the network"),
    "comment.deleted": _l("Comment deleted by its author"),
    "comment.edited": _l("Comment edited"),
    "comment.posted": _l("Comment published"),
    "component.added": _l("Component added"),
    "component.configured": _l("Component settings changed"),
    "component.moved": _l("Components reordered"),
    "component.published": _l("Component published"),
    "component.removed": _l("Component removed"),
    "component.restored": _l("Component restored"),
    "component.unpublished": _l("Component unpublished"),
    "coordinator.made": _l("Made coordinator"),
    "coordinator.removed": _l("No longer coordinator"),
    "debate.closed": _l("Debate closed"),
    "debate.edited": _l("Debate edited"),
    "debate.published": _l("Debate opened"),
    "debate.reopened": _l("Debate reopened"),
    "debate.updated": _l("News of a debate changed"),
    "invitation.renewed": _l("Invitation sent again"),
    "invitation.revoked": _l("Invitation withdrawn"),
    "mail.retried": _l("Failed messages sent again"),
    "mail.tested": _l("Test message sent"),
    "member.created": _l("Account created from the command line"),
    "member.deactivated": _l("Account deactivated"),
    "member.edited": _l("Profile edited"),
    "member.invited": _l("Person invited"),
    "member.joined": _l("Invitation accepted"),
    "member.moved": _l("Moved to another centre"),
    "member.reactivated": _l("Account reactivated"),
    "moderation.hidden": _l("Text hidden"),
    "moderation.hidden_all": _l("All texts of a person hidden"),
    "moderation.kept": _l("Report closed, text kept"),
    "moderation.member_kept": _l("Report about a person closed"),
    "moderation.reported": _l("Text or person reported"),
    "moderation.restored": _l("Text restored"),
    "moderation.undone": _l("Decision undone"),
    "network.changed": _l("Network settings changed"),
    "network.set_up": _l("Network set up"),
    "network.text_changed": _l("Text at the foot of the page changed"),
    "network.text_reset": _l("Text at the foot of the page put back to its default"),
    "password.changed": _l("Password changed"),
    "password_link.made": _l("Password link made"),
    "phase.added": _l("Phase added"),
    "phase.edited": _l("Phase edited"),
    "phase.removed": _l("Phase removed"),
    "answer_template.added": _l("Template of answers added"),
    "answer_template.changed": _l("Template of answers changed"),
    "answer_template.removed": _l("Template of answers deleted"),
    "proposal.answer_dropped": _l("Internal answer dropped"),
    "proposal.answer_kept": _l("Internal answer written"),
    "proposal.answered": _l("Proposal answered"),
    "proposal.debate_closed": _l("Debate about a proposal closed"),
    "proposal.debated": _l("Debate opened about a proposal"),
    "proposal.goal_reached": _l("Goal of supports reached"),
    "proposal.promised": _l("Date promised for an answer"),
    "proposal.unpromised": _l("Promised date taken back"),
    "proposal_state.added": _l("State of answers added"),
    "proposal_state.changed": _l("State of answers changed"),
    "proposal_state.moved": _l("States of answers reordered"),
    "proposal_state.removed": _l("State of answers deleted"),
    "proposal.edited": _l("Proposal edited"),
    "proposal.imported": _l("Proposals imported from a file"),
    "proposal.copied": _l("Proposal copied"),
    "proposal.merged": _l("Proposals merged"),
    "proposal.moved": _l("Proposal moved"),
    "proposal.published": _l("Proposal published"),
    "proposal.split": _l("Proposal split"),
    "proposal.unmerged": _l("Merge or split undone"),
    "proposal.withdrawn": _l("Proposal withdrawn"),
    "role.given": _l("Role given"),
    "role.taken": _l("Role taken back"),
    "session.ended": _l("Signed out of a device"),
    "session.opened": _l("Signed in"),
    "space.edited": _l("Space edited"),
    "space.entered": _l("Private space entered by a coordinator"),
    "space.moved": _l("Spaces reordered"),
    "space.opened": _l("Space opened"),
    "space.published": _l("Space published"),
    "space.restored": _l("Space restored"),
    "space.trashed": _l("Space removed"),
    "space.unpublished": _l("Space unpublished"),
    "topic.moved": _l("Topics reordered"),
    "topic.added": _l("Topic added"),
    "topic.removed": _l("Topic removed"),
    "topic.renamed": _l("Topic renamed"),
}
"""What the log says of each act; a test finds those that are missing."""

FIELDS: dict[str, Any] = {
    "name": _l("Name"),
    "description": _l("Description"),
    "function": _l("Function"),
    "languages": _l("Languages"),
    "time_zone": _l("Time zone"),
    "visitors_may_read": _l("Visitors may read"),
    "territory": _l("Territory"),
    "city": _l("City"),
    "website": _l("Website"),
    "visibility": _l("Visibility"),
    "title": _l("Title"),
    "summary": _l("Summary"),
    "role": _l("Role"),
}


def said(action: str) -> Any:
    """The sentence of an act."""
    return ACTIONS.get(action, _l("Other act"))
