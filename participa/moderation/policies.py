"""Who reports, who decides, and on what."""

from participa.auth.models import Member
from participa.authorization import Actor, Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.contributions.models import Contribution
from participa.contributions.policies import above, is_author, may_read
from participa.spaces.policies import may_administer, may_moderate

define_rules(
    own_content=_l("You cannot report yourself or your own text; you can edit it or remove it."),
    own_case=_l("Nobody decides about their own texts or account. Another moderator will."),
    curators_only=_l("Only those who moderate a space, and coordinators, see reports."),
    members_by_coordinators=_l("Only coordinators decide about a person; you can hide their texts."),
    already_hidden=_l("This text is already hidden."),
    not_hidden=_l("This text is not hidden: there is nothing to restore."),
    account_closed=_l("This account is already closed."),
    in_trash=_l("This text is already in the trash."),
    not_in_trash=_l("This text is not in the trash, or a merge put it there: undo the merge instead."),
    roots_to_trash=_l("Only proposals and debates go to the trash; the rest of a discussion is hidden."),
    later_decision=_l("Someone has decided about this since. Undo the latest decision first."),
)


def may_report(actor: Actor, contribution: Contribution) -> Verdict:
    """Whether `actor` may call a moderator to this text."""
    return all_of(
        (actor.is_authenticated, "sign_in"),
        may_read(actor, contribution),
        (contribution.deleted_at is None, "deleted"),
        (all(one.is_shown for one in [contribution, *above(contribution)]), "hidden"),
        (not is_author(actor, contribution), "own_content"),
    )


def may_report_member(actor: Actor, member: Member) -> Verdict:
    """Whether `actor` may call a coordinator to the conduct of this person."""
    return all_of(
        (actor.is_authenticated, "sign_in"),
        (member.id != actor.id, "own_content"),
        (member.is_active, "account_closed"),
        (not member.imported, "not_visible"),
    )


def may_see_queue(actor: Actor) -> Verdict:
    """Whether `actor` has a queue of reports at all."""
    return all_of((actor.is_authenticated, "sign_in"), (actor.may_curate, "curators_only"))


def may_decide(actor: Actor, contribution: Contribution) -> Verdict:
    """Whether `actor` may hide, keep or restore this text."""
    return all_of(
        may_moderate(actor, contribution.component.space),
        may_read(actor, contribution),
        (not is_author(actor, contribution), "own_case"),
    )


def may_trash(actor: Actor, contribution: Contribution) -> Verdict:
    """Whether `actor` may put this proposal or debate in the trash, or take it out."""
    return all_of(
        may_administer(actor, contribution.component.space),
        may_read(actor, contribution),
        (contribution.about_id is None, "roots_to_trash"),
    )


def may_hide_texts_of(actor: Actor, member: Member) -> Verdict:
    """Whether `actor` may hide all that this person wrote in the spaces that the actor curates."""
    return all_of(may_see_queue(actor), (member.id != actor.id, "own_case"))


def may_decide_on_member(actor: Actor, member: Member) -> Verdict:
    """Whether `actor` may close the account of this person, or decide that it stays open."""
    return all_of(may_hide_texts_of(actor, member), (actor.is_coordinator, "members_by_coordinators"))


def may_read_hidden(actor: Actor, contribution: Contribution) -> Verdict:
    """Whether `actor` may see why the text is hidden: its author and those who moderate it."""
    mine = is_author(actor, contribution)
    return all_of(
        (actor.is_authenticated, "sign_in"),
        may_read(actor, contribution),
        (contribution.hidden_at is not None, "not_visible"),
        (mine or actor.moderates(contribution.component.space_id), "not_visible"),
    )
