"""How debates plug into a space."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask_babel import gettext as _

from participa.authorization import Actor
from participa.catalogues import lazy_gettext as _l
from participa.catalogues import ngettext
from participa.db import clock, day_of
from participa.debates import arguments as _arguments  # noqa: F401 - adds its pages to the blueprint
from participa.debates import concluding as _concluding  # noqa: F401 - the same
from participa.debates import exporting as _exporting  # noqa: F401 - the same
from participa.debates import life as _life  # noqa: F401 - tells the states of links
from participa.debates import policies, queries, views
from participa.debates.models import Debate
from participa.debates.questions import views as _questions  # noqa: F401 - the same
from participa.display import when_words
from participa.spaces.desk import MOST, SOON, Task, on_desk
from participa.spaces.kinds import Bounds, ComponentKind, in_order, register
from participa.spaces.models import Component, Space


@dataclass(frozen=True, slots=True)
class Settings:
    """What a component of debates is set to."""

    title_min: int = 15
    title_max: int = 150
    body_min: int = 15
    body_max: int = 20_000
    etiquette_checks: bool = True
    attachments_allowed: bool = False
    attachments_max: int = 5
    attachment_megabytes: int = 10
    comment_positions: bool = False
    comment_max_length: int = 1500
    comment_downvotes: bool = False


@dataclass(frozen=True, slots=True)
class PhaseRules:
    """What members may do during one phase."""

    debating_open: bool = False
    arguing_open: bool = False
    commenting_open: bool = False
    comment_voting_open: bool = False


def discuss(actor: Actor, component: Component, address: str) -> str | None:
    """Where a debate about the contribution of that address is opened, if `actor` may open one."""
    if not policies.may_open(actor, component):
        return None
    return f"/e/{component.space.slug}/{component.id}/new?{urlencode({'proposal': address})}"


KIND = register(
    ComponentKind(
        name="debates",
        label=_l("Debates"),
        blueprint=views.bp,
        contribution=Debate,
        settings=Settings,
        phase_rules=PhaseRules,
        open_settings=Settings(attachments_allowed=True),
        open_rules=PhaseRules(
            debating_open=True, arguing_open=True, commenting_open=True, comment_voting_open=True
        ),
        settings_labels={
            "title_min": (_l("Shortest title"), _l("Characters of a title, at least.")),
            "title_max": (_l("Longest title"), _l("Characters of a title, at most.")),
            "body_min": (_l("Shortest text"), _l("Characters of a text, at least.")),
            "body_max": (_l("Longest text"), _l("Characters of a text, at most.")),
            "etiquette_checks": (
                _l("Etiquette"),
                _l(
                    "Refuse texts half in capitals, with runs of “!!” or “??”, or that begin with a small letter."
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
        },
        rules_labels={
            "debating_open": (_l("Open debates"), _l("Moderators may open one at any time.")),
            "arguing_open": (
                _l("Argue"),
                _l(
                    "Add arguments for and against, back those of others, ask the guest of a debate questions."
                ),
            ),
            "commenting_open": (_l("Write comments"), _l("Write and answer comments.")),
            "comment_voting_open": (_l("Find comments useful"), _l("Vote for the comments that help.")),
        },
        count_label=lambda n: ngettext("%(num)s debate", "%(num)s debates", n),
        bounds={
            "title_min": Bounds(minimum=1, maximum=150),
            "title_max": Bounds(minimum=15, maximum=300),
            "body_min": Bounds(minimum=0, maximum=20_000),
            "body_max": Bounds(minimum=100, maximum=100_000),
            "attachments_max": Bounds(minimum=1, maximum=20, unit=_l("at most")),
            "attachment_megabytes": Bounds(minimum=1, maximum=25, unit=_l("MB")),
            "comment_max_length": Bounds(minimum=100, maximum=20_000),
        },
        discuss=discuss,
        check=in_order(("title_min", "title_max"), ("body_min", "body_max")),
    )
)


@on_desk
def debates_on_desk(_who: Actor, spaces: Sequence[Space]) -> list[Task]:
    """The debates whose time is over and whose conclusions are awaited, and those that end soon."""
    moment, ids = clock(), {space.id: space for space in spaces}
    tasks = []
    for debate in queries.ending(list(ids), moment, moment + SOON, MOST):
        space, end = ids[debate.component.space_id], debate.ends_at or moment
        over = end <= moment
        tasks.append(
            Task(
                debate.title or "",
                f"/e/{space.slug}/{debate.component_id}/{debate.id}/close",
                _("Conclude"),
                _("Debate to conclude") if over else _("Debate about to end"),
                space,
                ngettext("%(num)s comment", "%(num)s comments", debate.comment_count)
                if debate.comment_count
                else "",
                _("Over since %(when)s", when=when_words(end))
                if over
                else _("Ends %(when)s", when=when_words(end)),
                day_of(end),
                late=over,
                rank=40,
            )
        )
    return tasks
