"""How proposals plug into a space."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from participa.authorization import Actor
from participa.catalogues import lazy_gettext as _l
from participa.catalogues import ngettext
from participa.db import clock, day_of
from participa.display import day_words
from participa.proposals import lists, policies, queries, views
from participa.proposals import story as _story  # noqa: F401 - adds its pages to the blueprint
from participa.proposals.amendments import views as _amendments  # noqa: F401 - adds its pages to the blueprint
from participa.proposals.answering import views as _answering  # noqa: F401 - adds its pages to the blueprint
from participa.proposals.authors import views as _authors  # noqa: F401 - adds its pages to the blueprint
from participa.proposals.finding import views as _finding  # noqa: F401 - adds its pages to the blueprint
from participa.proposals.lineage import views as _lineage  # noqa: F401 - adds its pages to the blueprint
from participa.proposals.models import Proposal
from participa.spaces.desk import MOST, Task, on_desk
from participa.spaces.kinds import Bounds, ComponentKind, Waiting, in_order, register, waiting
from participa.spaces.models import Component, Space
from participa.spaces.overview import beside_name
from participa.votes.queries import has_votes


@dataclass(frozen=True, slots=True)
class Settings:
    """What a component of proposals is set to."""

    ballot: str = "support"
    """`support`, or `stance` for for / mixed / against."""
    vote_limit: int | None = None
    minimum_votes_per_user: int | None = None
    threshold_per_proposal: int | None = None
    can_accumulate_votes_beyond_threshold: bool = False
    quorum_persons: int | None = None
    quorum_centres: int | None = None
    title_min: int = 15
    title_max: int = 150
    body_min: int = 15
    body_max: int = 20_000
    default_sort_order: str = "automatic"
    proposal_edit_time: str = "limited"
    """`limited`: `edit_time` minutes from the last change; `infinite`: as long as the phase lets authors edit."""
    edit_time: int = 5
    edit_locked_by_supports: bool = True
    """Whether a proposal that someone voted on stays as they read it."""
    withdrawal_locked_by_supports: bool = True
    """Whether a proposal that someone voted on stays published."""
    amendments_enabled: bool = False
    official_proposals_enabled: bool = False
    """Whether moderators may publish in the name of their centre."""
    etiquette_checks: bool = True
    new_proposal_help_text: str = ""
    new_proposal_body_template: str = ""
    proposal_limit: int | None = None
    attachments_allowed: bool = False
    attachments_max: int = 5
    attachment_megabytes: int = 10
    comment_positions: bool = False
    comment_max_length: int = 1500
    comment_downvotes: bool = False
    similar_proposals: bool = True
    proposal_answering_enabled: bool = True
    answer_delay: int | None = None
    """Days, from the goal being reached, for which an answer is promised."""


@dataclass(frozen=True, slots=True)
class PhaseRules:
    """What members may do during one phase."""

    proposing_open: bool = False
    editing_open: bool = False
    commenting_open: bool = False
    comment_voting_open: bool = False
    votes_enabled: bool = False
    votes_blocked: bool = False
    votes_hidden: bool = False
    proposal_answering_enabled: bool = True  # answers come when all other rules have closed
    publish_answers_immediately: bool = True
    answers_with_costs: bool = False
    amendment_creation_enabled: bool = False
    amendment_reaction_enabled: bool = False
    amendment_promotion_enabled: bool = False
    amendments_visibility_participants: bool = False
    """Whether amendments are written for those they concern alone, until they are accepted."""

    @property
    def voting_open(self) -> bool:
        """Whether votes may be cast and withdrawn."""
        return self.votes_enabled and not self.votes_blocked


def settle(settings: Settings) -> dict[str, Any]:
    """What is wrong with settings taken together."""
    wrong = dict(in_order(("title_min", "title_max"), ("body_min", "body_max"))(settings))
    limit, least = settings.vote_limit, settings.minimum_votes_per_user
    if limit is not None and least is not None and least > limit:
        wrong["minimum_votes_per_user"] = _("Nobody could cast that many: the limit per member is lower.")
    return wrong


def fixed(component_id: int) -> dict[str, Any]:
    """What may not change once people have voted: what their votes mean, and when they count."""
    if not has_votes(component_id):
        return {}
    return {
        "ballot": _("People have voted here: the sort of vote can no longer change."),
        "minimum_votes_per_user": _("People have voted here: the minimum can no longer change."),
    }


def develop(actor: Actor, component: Component, contribution_id: int) -> str | None:
    """Where a proposal born of a message or argument is written, if `actor` may publish one."""
    if not policies.may_propose(actor, component):
        return None
    return f"/e/{component.space.slug}/{component.id}/new?from={contribution_id}"


KIND = register(
    ComponentKind(
        name="proposals",
        label=_l("Proposals"),
        blueprint=views.bp,
        contribution=Proposal,
        develop=develop,
        settings=Settings,
        phase_rules=PhaseRules,
        open_settings=Settings(
            proposal_edit_time="infinite",
            edit_locked_by_supports=False,
            withdrawal_locked_by_supports=False,
            official_proposals_enabled=True,
            comment_positions=True,
            can_accumulate_votes_beyond_threshold=True,
            attachments_allowed=True,
        ),
        open_rules=PhaseRules(
            proposing_open=True,
            editing_open=True,
            commenting_open=True,
            comment_voting_open=True,
            votes_enabled=True,
            amendment_creation_enabled=True,
            amendment_reaction_enabled=True,
            amendment_promotion_enabled=True,
        ),
        settings_labels={
            "ballot": (_l("Vote"), _l("Members support a proposal, or say for, mixed or against.")),
            "vote_limit": (
                _l("Votes per member"),
                _l("On how many proposals of this list one member may vote. Leave empty for no limit."),
            ),
            "minimum_votes_per_user": (
                _l("Minimum per member"),
                _l("A member’s votes wait, uncounted, until they have cast that many. Leave empty for none."),
            ),
            "threshold_per_proposal": (
                _l("Threshold per proposal"),
                _l("How many votes a proposal tries to gather. Leave empty for no threshold."),
            ),
            "can_accumulate_votes_beyond_threshold": (
                _l("Votes beyond the threshold"),
                _l("If not, a proposal that has reached the threshold takes no more votes."),
            ),
            "quorum_persons": (
                _l("Quorum of persons"),
                _l("How many persons must have voted for the result to be valid. Empty for none."),
            ),
            "quorum_centres": (
                _l("Quorum of centres"),
                _l("How many centres must have taken part for the result to be valid. Empty for none."),
            ),
            "title_min": (_l("Shortest title"), _l("Characters of a title, at least.")),
            "title_max": (_l("Longest title"), _l("Characters of a title, at most.")),
            "body_min": (_l("Shortest text"), _l("Characters of a text, at least.")),
            "body_max": (_l("Longest text"), _l("Characters of a text, at most.")),
            "default_sort_order": (
                _l("Order of the list"),
                _l(
                    "How the list is sorted for whoever has not chosen. Automatic: at random, each reader "
                    "starting elsewhere; once the vote is over, the most supported first."
                ),
            ),
            "proposal_edit_time": (
                _l("Time to edit"),
                _l("How long authors may edit a published proposal, in the phases that let them."),
            ),
            "edit_time": (
                _l("Length of the limited time"),
                _l("Counted from the publication, then from each change."),
            ),
            "edit_locked_by_supports": (
                _l("No change once voted on"),
                _l(
                    "A proposal that someone else voted on can no longer be edited; amendments still can change it."
                ),
            ),
            "withdrawal_locked_by_supports": (
                _l("No withdrawal once voted on"),
                _l("A proposal that someone else voted on can no longer be withdrawn."),
            ),
            "amendments_enabled": (
                _l("Amendments"),
                _l(
                    "Members suggest another text; the authors accept it, edited or as it is, or say why not."
                ),
            ),
            "official_proposals_enabled": (
                _l("Official proposals"),
                _l("Moderators of the space may publish in the name of their centre."),
            ),
            "etiquette_checks": (
                _l("Etiquette"),
                _l(
                    "Refuse texts half in capitals, with runs of “!!” or “??”, or that begin with a small letter."
                ),
            ),
            "new_proposal_help_text": (
                _l("Help above the form"),
                _l("What a writer should know first. Markdown: **bold**, lists, links."),
            ),
            "new_proposal_body_template": (
                _l("Text to begin with"),
                _l(
                    "The form begins with it, and it cannot be published as it is. Headings to fill in, for example."
                ),
            ),
            "proposal_limit": (
                _l("Proposals per member"),
                _l(
                    "How many one member may publish here; those withdrawn do not count. Leave empty for no limit."
                ),
            ),
            "attachments_allowed": (
                _l("Files"),
                _l("Writers may add images and documents to their text."),
            ),
            "attachments_max": (_l("Files per text"), _l("How many files one text may have.")),
            "attachment_megabytes": (_l("Largest file"), _l("What one file may weigh.")),
            "comment_positions": (
                _l("Positions in comments"),
                _l("Who comments says whether they are for, neutral or against."),
            ),
            "comment_max_length": (_l("Longest comment"), _l("Characters of a comment, at most.")),
            "comment_downvotes": (
                _l("Votes against comments"),
                _l("Readers may also say that a comment is not useful; the order “most useful” counts both."),
            ),
            "similar_proposals": (
                _l("Similar proposals"),
                _l("Show those who write, and beside each proposal, the ones that say nearly the same."),
            ),
            "proposal_answering_enabled": (
                _l("Answers of the moderators"),
                _l("Those who curate the space answer proposals, in the phases that say so too."),
            ),
            "answer_delay": (
                _l("Promised delay of answers"),
                _l(
                    "When a proposal reaches its goal, an answer is promised within so many days, and the date is"
                    " shown to all. Leave empty to promise by hand only."
                ),
            ),
        },
        rules_labels={
            "proposing_open": (_l("Propose"), _l("Publish new proposals.")),
            "editing_open": (
                _l("Edit their proposals"),
                _l("Until the moderators answer; versions are kept."),
            ),
            "commenting_open": (_l("Write comments"), _l("Write and answer comments.")),
            "comment_voting_open": (_l("Find comments useful"), _l("Vote for the comments that help.")),
            "proposal_answering_enabled": (
                _l("Answer proposals"),
                _l("Answer, and promise dates for answers."),
            ),
            "publish_answers_immediately": (
                _l("Publish answers at once"),
                _l("Otherwise answers stay internal until someone publishes them, one or many at once."),
            ),
            "answers_with_costs": (
                _l("Give costs and execution period"),
                _l("Required where a state asks for them."),
            ),
            "amendment_creation_enabled": (_l("Amend proposals"), _l("Suggest another text to the authors.")),
            "amendment_reaction_enabled": (
                _l("Answer amendments to their proposals"),
                _l("Accept them or say why not."),
            ),
            "amendment_promotion_enabled": (
                _l("Make a refused amendment a proposal"),
                _l("Publish it on its own, linked to the first one."),
            ),
            "amendments_visibility_participants": (
                _l("Amendments for those concerned only"),
                _l(
                    "Those written in this phase are read by their author, the authors of the proposal and those who"
                    " curate; by everybody once accepted."
                ),
            ),
            "votes_enabled": (_l("Vote on proposals"), _l("Cast, change and withdraw their votes.")),
            "votes_blocked": (
                _l("Votes blocked"),
                _l(
                    "What has been voted stays; nothing can be cast or withdrawn. "
                    "Results for / mixed / against show, for good."
                ),
            ),
            "votes_hidden": (_l("Counts hidden"), _l("Nobody reads how many votes there are, anywhere.")),
        },
        team_rules=frozenset(
            ("proposal_answering_enabled", "publish_answers_immediately", "answers_with_costs")
        ),
        setting_pages=(
            (_l("States of answers"), "proposals.states"),
            (_l("Templates of answers"), "proposals.templates"),
        ),
        count_label=lambda n: ngettext("%(num)s proposal", "%(num)s proposals", n),
        bounds={
            "ballot": Bounds(choices=(("support", _l("Support")), ("stance", _l("For, mixed, against")))),
            "default_sort_order": Bounds(
                choices=((lists.AUTOMATIC, _l("automatic")), *lists.ORDER_LABELS.items())
            ),
            "proposal_edit_time": Bounds(
                choices=(("limited", _l("Limited")), ("infinite", _l("Without a limit")))
            ),
            "edit_time": Bounds(minimum=1, maximum=525_600, unit=_l("minutes")),
            "vote_limit": Bounds(unit=_l("at most")),
            "minimum_votes_per_user": Bounds(minimum=2, maximum=100, unit=_l("at least")),
            "threshold_per_proposal": Bounds(unit=_l("votes in all")),
            "quorum_persons": Bounds(unit=_l("persons")),
            "quorum_centres": Bounds(unit=_l("centres in all")),
            "answer_delay": Bounds(minimum=1, maximum=365, unit=_l("days")),
            "title_min": Bounds(minimum=1, maximum=150),
            "title_max": Bounds(minimum=15, maximum=300),
            "body_min": Bounds(minimum=0, maximum=20_000),
            "body_max": Bounds(minimum=100, maximum=100_000),
            "new_proposal_help_text": Bounds(long=True, maximum=4000),
            "new_proposal_body_template": Bounds(long=True, maximum=10_000),
            "proposal_limit": Bounds(unit=_l("at most")),
            "attachments_max": Bounds(minimum=1, maximum=20, unit=_l("at most")),
            "attachment_megabytes": Bounds(minimum=1, maximum=25, unit=_l("MB")),
            "comment_max_length": Bounds(minimum=100, maximum=20_000),
        },
        check=settle,
        fixed=fixed,
        restrictions={
            "votes_blocked": "votes_enabled",
            "votes_hidden": "",
            "amendments_visibility_participants": "",
        },
    )
)


SOON = timedelta(days=14)
"""Votes that close within this time wait for those who have not voted."""


@waiting
def proposals_to_answer(actor: Actor) -> list[Waiting]:
    """What whoever curates has to answer, late ones first and apart; each leads where the most wait."""
    if not actor.may_curate:
        return []
    held = queries.to_answer(actor, day_of(clock()))
    late, count = sum(left.late for left in held), sum(left.count for left in held)
    found = []
    if late:
        worst = max(held, key=lambda left: left.late)
        label = ngettext("answer promised and late", "answers promised and late", late)
        href = f"/e/{worst.slug}/{worst.component_id}/answers?show=late"
        found.append(Waiting("late_answers", late, label, href, rank=15))
    if count:
        label = ngettext("proposal to answer", "proposals to answer", count)
        href = f"/e/{held[0].slug}/{held[0].component_id}/answers"
        found.append(Waiting("answers", count, label, href, rank=20))
    return found


@on_desk
def answers_on_desk(actor: Actor, spaces: Sequence[Space]) -> list[Task]:
    """The answers to give, tool by tool: late when one was promised for a day that is past."""
    by_slug = {space.slug: space for space in spaces}
    tasks = []
    for left in queries.to_answer(actor, day_of(clock()))[:MOST]:
        late = ngettext("%(num)s was promised and is late", "%(num)s were promised and are late", left.late)
        if left.slug not in by_slug:
            continue
        show = "?show=late" if left.late else ""
        tasks.append(
            Task(
                ngettext("%(num)s proposal to answer", "%(num)s proposals to answer", left.count),
                f"/e/{left.slug}/{left.component_id}/answers{show}",
                _("Give an answer"),
                _("Answers"),
                by_slug[left.slug],
                _("Their goal is reached, an answer was promised, or theirs is provisional."),
                late if left.late else "",
                late=bool(left.late),
                rank=20,
            )
        )
    return tasks


@waiting
def votes_before_close(actor: Actor) -> list[Waiting]:
    """The votes that a member has not cast and that close soon, the soonest first."""
    if not actor.is_authenticated:
        return []
    today = day_of(clock())
    return [
        Waiting(
            f"votes-{left.component_id}",
            left.count,
            _(
                "%(votes)s before %(day)s",
                votes=ngettext("vote", "votes", left.count),
                day=day_words(left.until),
            ),
            f"/e/{left.slug}/{left.component_id}?mine=not_yet",
            rank=30,
        )
        for left in queries.votes_left(actor, today, SOON)[:3]
    ]


@beside_name(first=True)
def propose_button(reader: Actor, space: Space) -> Markup | None:
    """The way to propose, under the name of a space where proposals are open; visitors sign in first."""
    for component in space.components:
        if component.kind != KIND.name:
            continue
        verdict, new = policies.may_propose(reader, component), f"/e/{space.slug}/{component.id}/new"
        if verdict:
            return _LINK % (new, _("Propose"))
        if verdict.rule == "sign_in" and component.rules_at(clock()).proposing_open:
            return _LINK % (url_for("auth.sign_in", next=new), _("Sign in to propose"))
    return None


_LINK = Markup('<a class="btn btn-primary" href="%s">%s</a>')
