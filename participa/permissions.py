"""The whole permission map: who may use each route. Policies decide; a test compares this page with what they do.

`docs/permissions.md` is made of it (`make permissions`). A new route fails the tests until it is here.
"""

from enum import StrEnum

from participa.spaces.models import Visibility


class Audience(StrEnum):
    """Those whom a route is for."""

    ANYONE = "anyone"
    ENTER = "whoever may enter the network"
    SIGNED_IN = "members, signed in"
    READ = "readers of the space"
    FOLLOW = "readers of the space, signed in"
    INSIDE = "those who belong to the space"
    ACT = "those who take part in the space"
    AUTHOR = "the author, where they may take part"
    OWN_DRAFT = "whoever writes the draft"
    KEEP = "the author and the moderators"
    MODERATE = "moderators of the space"
    ADMINISTER = "administrators of the space"
    CURATE = "whoever curates any space"
    COORDINATE = "coordinators"


PEOPLE = ("visitor", "outsider", "guest", "member", "author", "moderator", "administrator", "coordinator")
"""An outsider is a member of the network without a role in the space; the author, a member of it, wrote the text."""
INSIDE = {"guest", "member", "author", "moderator", "administrator"}


def is_allowed(audience: Audience, person: str, visibility: Visibility) -> bool:
    """Whether a route of this audience is for that person, in a space of this visibility, where visitors may enter."""
    signed_in = person != "visitor"
    reads = {
        Visibility.PUBLIC: True,
        Visibility.TRANSPARENT: True,
        Visibility.MEMBERS: signed_in,
        Visibility.PRIVATE: person in INSIDE,
    }[visibility]
    restricted = visibility in (Visibility.TRANSPARENT, Visibility.PRIVATE)
    return {
        Audience.ANYONE: True,
        Audience.ENTER: True,
        Audience.SIGNED_IN: signed_in,
        Audience.READ: reads,
        Audience.FOLLOW: signed_in and reads,
        Audience.INSIDE: reads and (person in INSIDE or person == "coordinator"),
        Audience.ACT: signed_in and reads and (not restricted or person in INSIDE - {"guest"}),
        Audience.AUTHOR: person == "author",
        Audience.OWN_DRAFT: person == "author",
        Audience.KEEP: reads and person in ("author", "moderator", "administrator", "coordinator"),
        Audience.MODERATE: reads and person in ("moderator", "administrator", "coordinator"),
        Audience.ADMINISTER: reads and person in ("administrator", "coordinator"),
        Audience.CURATE: person in ("moderator", "administrator", "coordinator"),
        Audience.COORDINATE: person == "coordinator",
    }[audience]


def audience_of(endpoint: str) -> Audience:
    """The audience of a route of `TABLE`; everything under /coordination is for coordinators."""
    return Audience.COORDINATE if endpoint.startswith("admin.") else TABLE[endpoint]


TABLE: dict[str, Audience] = {
    # accounts
    "auth.sign_in": Audience.ANYONE,
    "auth.forgotten": Audience.ANYONE,
    "auth.language": Audience.ANYONE,
    "auth.account": Audience.SIGNED_IN,
    "auth.change_password": Audience.SIGNED_IN,
    "auth.sessions": Audience.SIGNED_IN,
    # the network
    "home.index": Audience.ANYONE,
    "network.text": Audience.ANYONE,
    "network.pages_of_network": Audience.ANYONE,
    "network.centres": Audience.ENTER,
    "network.centre": Audience.ENTER,
    "network.centre_members": Audience.SIGNED_IN,
    "network.member": Audience.SIGNED_IN,
    "search.index": Audience.ENTER,
    "spaces.index": Audience.ENTER,
    "spaces.group": Audience.ENTER,
    "spaces.new_group": Audience.COORDINATE,
    "spaces.edit_group": Audience.COORDINATE,
    "spaces.close_group": Audience.COORDINATE,
    # a space
    "spaces.show": Audience.READ,
    "proposals.index": Audience.READ,
    "proposals.show": Audience.READ,
    "proposals.compare": Audience.READ,
    "proposals.ask_export": Audience.FOLLOW,
    "proposals.export": Audience.READ,
    "proposals.feed": Audience.READ,
    "proposals.file": Audience.READ,
    "proposals.to_print": Audience.READ,
    "debates.index": Audience.READ,
    "debates.show": Audience.READ,
    "debates.compare": Audience.READ,
    "debates.arguments": Audience.READ,
    "debates.argument": Audience.READ,
    "debates.questions": Audience.READ,
    "debates.question": Audience.READ,
    "debates.export": Audience.READ,
    "debates.picture": Audience.READ,
    "attachments.show": Audience.READ,
    "attachments.change": Audience.ACT,
    "comments.show": Audience.READ,
    "comments.more": Audience.READ,
    "comments.mention": Audience.FOLLOW,
    "comments.new": Audience.READ,
    "comments.news": Audience.READ,
    "comments.compare": Audience.READ,
    "proposals.new": Audience.ACT,
    "proposals.find_similar": Audience.ACT,
    "debates.new": Audience.ACT,
    "debates.argue": Audience.ACT,
    "debates.near": Audience.ACT,
    "debates.ask": Audience.ACT,
    "comments.post": Audience.ACT,
    "comments.reply": Audience.ACT,
    "votes.cast": Audience.ACT,
    "proposals.edit": Audience.AUTHOR,
    "proposals.withdraw": Audience.AUTHOR,
    "proposals.amendments": Audience.READ,
    "proposals.authors": Audience.AUTHOR,
    "proposals.invite_author": Audience.AUTHOR,
    "proposals.cancel_author": Audience.AUTHOR,
    "debates.edit": Audience.AUTHOR,
    "debates.delete_argument": Audience.AUTHOR,
    "debates.delete_question": Audience.AUTHOR,
    "comments.edit": Audience.AUTHOR,
    "comments.delete": Audience.AUTHOR,
    "proposals.history": Audience.READ,
    "proposals.answers": Audience.READ,
    "proposals.answer": Audience.MODERATE,
    "proposals.internal_answer": Audience.MODERATE,
    "proposals.promise": Audience.MODERATE,
    "proposals.desk": Audience.MODERATE,
    "proposals.answer_many": Audience.MODERATE,
    "proposals.templates": Audience.MODERATE,
    "proposals.template": Audience.MODERATE,
    "proposals.delete_template": Audience.MODERATE,
    "proposals.states": Audience.ADMINISTER,
    "proposals.state": Audience.ADMINISTER,
    "proposals.move_state": Audience.ADMINISTER,
    "proposals.delete_state": Audience.ADMINISTER,
    "proposals.merge": Audience.MODERATE,
    "proposals.split": Audience.MODERATE,
    "proposals.transfer": Audience.MODERATE,
    "debates.close": Audience.KEEP,
    "debates.guest": Audience.MODERATE,
    "debates.part_guest": Audience.MODERATE,
    # following, telling
    "follows.contribution": Audience.FOLLOW,
    "follows.space": Audience.FOLLOW,
    "notifications.index": Audience.SIGNED_IN,
    "notifications.read": Audience.SIGNED_IN,
    "notifications.settings": Audience.SIGNED_IN,
    "contributions.drafts": Audience.SIGNED_IN,
    "exports.index": Audience.SIGNED_IN,
    "contributions.save": Audience.SIGNED_IN,
    "contributions.preview": Audience.SIGNED_IN,
    "contributions.claim": Audience.SIGNED_IN,
    "contributions.draft": Audience.OWN_DRAFT,
    # moderation
    "moderation.report": Audience.FOLLOW,
    "moderation.report_member": Audience.SIGNED_IN,
    "moderation.queue": Audience.CURATE,
    "desk.index": Audience.CURATE,
    "curation.acts": Audience.CURATE,
    "curation.act": Audience.MODERATE,
    "curation.move": Audience.MODERATE,
    "curation.sort": Audience.MODERATE,
    "moderation.history": Audience.CURATE,
    "moderation.hide": Audience.MODERATE,
    # shaping
    "spaces.new": Audience.CURATE,
    "spaces.order": Audience.COORDINATE,
    "spaces.move": Audience.COORDINATE,
    "imports.new": Audience.ADMINISTER,
    "imports.model": Audience.ADMINISTER,
    "spaces.settings": Audience.ADMINISTER,
    "space_files.take_space": Audience.ADMINISTER,
    "space_files.bring_space": Audience.CURATE,
    "spaces.front": Audience.ADMINISTER,
    "spaces.trash": Audience.ADMINISTER,
    "spaces.duplicate": Audience.ADMINISTER,
    "spaces.requests": Audience.MODERATE,
    "spaces.share_links": Audience.ADMINISTER,
    "spaces.revoke_link": Audience.ADMINISTER,
    "spaces.team_list": Audience.ADMINISTER,
    "spaces.read_team_list": Audience.ADMINISTER,
    "spaces.give_to_list": Audience.ADMINISTER,
    "spaces.trash_component": Audience.ADMINISTER,
    "spaces.trashed_spaces": Audience.CURATE,
    "moderation.trash": Audience.ADMINISTER,
    "documents.index": Audience.READ,
    "documents.new": Audience.MODERATE,
    "documents.edit": Audience.MODERATE,
    "documents.act": Audience.MODERATE,
    "documents.image": Audience.ADMINISTER,
    "spaces.relate": Audience.ADMINISTER,
    "spaces.phases": Audience.ADMINISTER,
    "spaces.team": Audience.INSIDE,
    "spaces.give": Audience.ADMINISTER,
    "spaces.publish": Audience.ADMINISTER,
    "spaces.new_component": Audience.ADMINISTER,
    "spaces.component": Audience.ADMINISTER,
    "spaces.move_component": Audience.ADMINISTER,
    "spaces.publish_component": Audience.ADMINISTER,
    "spaces.offer_topics": Audience.ADMINISTER,
    "spaces.topics": Audience.ADMINISTER,
    "spaces.translation": Audience.ADMINISTER,
    "spaces.topic": Audience.ADMINISTER,
    "spaces.subjects": Audience.ADMINISTER,
}
"""The audience of each route, by endpoint."""

ELSEWHERE = {
    "static": "files, for anyone",
    "health.healthz": "for anyone, without a network or a database",
    "health.readyz": "for anyone, without a network or a database",
    "auth.sign_out": "for anyone; it leads to the sign-in page",
    "auth.choose_password": "its token decides",
    "auth.invitation": "its token decides",
    "auth.decline": "its token decides",
    "notifications.unsubscribe": "its token decides",
    "network.page": "for anyone, once it is published",
    "spaces.follow_link": "its token decides",
    "spaces.block": "needs a block to set up; the same rule as spaces.front",
    "spaces.trash_space": "the same rule as spaces.trash; it would take the space away from the others",
    "spaces.restore_space": "administrators of a space in the trash and, unless private, coordinators",
    "spaces.join": "only transparent spaces, whoever does not belong to them",
    "spaces.answer_request": "needs a request; the same rule as spaces.requests",
    "spaces.leave": "whoever belongs to the space",
    "spaces.enter": "only coordinators, only private spaces they are not in",
    "spaces.take": "one may always give up one's own role",
    "proposals.amend": "needs a proposal of somebody else that may be amended",
    "proposals.amendment": "needs an amendment; read as its proposal",
    "proposals.accept_amendment": "needs an amendment; authors of its proposal",
    "proposals.reject_amendment": "needs an amendment; authors of its proposal",
    "proposals.withdraw_amendment": "needs an amendment; its author",
    "proposals.promote_amendment": "needs a rejected amendment; its author",
    "proposals.accept_authorship": "needs an invitation",
    "proposals.decline_authorship": "needs an invitation",
    "proposals.leave_authors": "needs a second author",
    "proposals.undo": "needs a merge",
    "curation.undo": "needs an act; the same rule as curation.sort",
    "debates.reopen": "needs a closed debate",
    "debates.correct": "needs a closed debate; the same rule as debates.reopen",
    "debates.propose": "needs a message of the thread of a debate",
    "debates.lift": "needs a message of the thread of a debate",
    "moderation.decide": "needs a report",
    "moderation.undo": "needs a decision",
    "moderation.restore": "needs a hidden contribution",
    "moderation.hidden": "needs a hidden contribution",
    "moderation.person": "coordinators, and moderators who share a space with the person's texts",
    "imports.show": "needs an import; the same rule as imports.new",
    "imports.match": "needs an import; the same rule as imports.new",
    "imports.correct": "needs an import; the same rule as imports.new",
    "imports.run": "needs an import; the same rule as imports.new",
    "imports.discard": "needs an import; the same rule as imports.new",
    "exports.show": "one's own files only",
    "exports.download": "one's own files only",
    "exports.discard": "one's own files only",
    "contributions.discard": "own drafts only; says nothing of others'",
}
"""Routes whose rule is not one of these audiences; each has its own tests."""
