"""Pages of threads and of comments: reading, writing, changing, deleting."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from participa import text
from participa.auth.session import member
from participa.authorization import RULES, Refused, Verdict, authorize
from participa.catalogues import lazy_gettext as _l
from participa.comments import lines, policies, queries, services, threads
from participa.comments.around import Around, around
from participa.comments.forms import CommentForm, DeleteForm, EditForm
from participa.comments.mentions import names_in
from participa.comments.models import ANSWER, Comment
from participa.comments.policies import has_natures, root_of
from participa.comments.queries import Order
from participa.contributions import drafts, versions
from participa.contributions.births import born_from
from participa.contributions.models import Contribution, ContributionKind
from participa.contributions.policies import above, may_read, may_read_own_state, may_take_part
from participa.contributions.references import references
from participa.db import abandon, clock
from participa.display import excerpt
from participa.errors import NOT_FOUND_RULES
from participa.spaces.policies import may_read_component
from participa.web import actor, address_of, addresses, found, is_htmx

bp = Blueprint("comments", __name__)

ORDERS = [
    (Order.OLDEST.value, _l("oldest first")),
    (Order.NEWEST.value, _l("newest first")),
    (Order.USEFUL.value, _l("most useful")),
    (Order.DISCUSSED.value, _l("most discussed")),
    (Order.TOGETHER.value, _l("what brings together")),
]


ANSWER_MAX = 5_000
"""Characters that who is asked may write, where the component allows fewer to comments."""
QUOTED = 500
"""Characters of a comment that a quotation holds at most."""


@dataclass(slots=True)
class Thread:
    """What `comments/_thread.html` shows of one page of a thread, to one reader."""

    root: Contribution
    page: threads.Page
    address: str
    """Where the page stands, without its query."""
    verdict: Verdict
    """Whether the reader may write here."""
    may_vote: bool
    order: Order = Order.OLDEST
    stances: dict[int, int] | None = None
    form: CommentForm | None = None
    highlighted: int | None = None
    answering: int | None = None
    """The comment under which the form stands open."""
    replies_to: CommentForm | None = None
    next: str | None = None
    """The address of the next page."""
    fetch: str | None = None
    """The address of the next comments alone."""
    around: Around | None = None
    """Who was heard, and what is new to the reader; for whole threads."""
    known: int | None = None
    """The latest comment that the reader had seen before this visit."""

    @property
    def orders(self) -> list[tuple[str, Any]]:
        """The orders offered."""
        return ORDERS

    @property
    def first_new(self) -> int | None:
        """The first comment of the page that is new to the reader."""
        new = (entry.message for entry in self.page.entries if not entry.is_context)
        known, me = self.known, actor().id
        return next(
            (one.id for one in new if known is not None and one.id > known and one.author_id != me), None
        )

    @property
    def tells_who_was_heard(self) -> bool:
        """Whether to tell which centres took part: in whole subjects, where votes are not kept from view."""
        root = self.root
        return root.about_id is None and not root.component.hides_counts_at(clock())

    @property
    def is_live(self) -> bool:
        """Whether more may come in while one reads."""
        return bool(policies.thread_is_open(self.root))

    @property
    def sentence(self) -> Any:
        """Why the reader may not write here."""
        return RULES[self.verdict.rule] if self.verdict.rule else None

    def lines(self, *, fresh: bool = False) -> Iterator[tuple[threads.Entry, Markup]]:
        """Each comment of the page as it is written for the reader; `fresh` moves the focus to the first."""
        root = self.root
        texts = [entry.message.html for entry in self.page.entries]
        reader = lines.Reader(
            id=actor().id,
            may_write=bool(self.verdict),
            may_vote=self.may_vote,
            may_vote_down=root.component.configuration.comment_downvotes,
            moderates=actor().moderates(root.component.space_id),
            authors=frozenset({root.author_id, *root.coauthor_ids} - {None}),
            signed=not root.official,
            target=self.highlighted,
            known=self.known,
            names=names_in(texts),
            references=references(texts, actor()),
            actions=policies.actions_on(actor(), root),
        )
        before = None
        for entry in self.page.entries:
            focus = fresh and before is None
            yield entry, lines.nesting(entry, before) + lines.written(entry, reader, focus=focus)
            before = entry

    @property
    def closing(self) -> Markup:
        """The tags that end the page."""
        return lines.closing(self.page.entries[-1] if self.page.entries else None)


@addresses(Comment)
def address_of_comment(comment: Comment) -> str:
    """The permalink of a comment."""
    return f"/c/{comment.id}#c{comment.id}"


def thread(contribution: Contribution) -> Thread:
    """The page of the thread that the request asks for, to include in the contribution's own page."""
    order, after = _order(), _cursor()
    page = threads.page(contribution.id, order, after, actor().id)
    made = thread_of(contribution, page, address_of(contribution), order=order)
    if page.next:
        made.next = f"{made.address}?order={order}&after={page.next}#comments"
        made.fetch = f"/comments/{contribution.id}?order={order}&after={page.next}"
    made.around = around(contribution, actor().id, visiting=after is None and not is_htmx())
    made.known = made.around.known
    if policies.takes_positions(contribution):
        made.stances = queries.stances(contribution.id)
    if made.verdict:
        draft = drafts.filled("comments.post")
        answered = _number(draft["formdata"].get("parent", "")) if draft else None
        if answered in page.ids:
            made.answering, made.replies_to = answered, _form(contribution, answered, **draft)
            draft = {}
        made.form = _form(contribution, **(draft or {"formdata": None}))
    return made


def thread_of(root: Contribution, page: threads.Page, address: str, **more: Any) -> Thread:
    """A page of the thread about `root`, with what the reader may do there."""
    who = actor()
    verdict = policies.may_comment(who, root)
    voting = who.is_authenticated and bool(may_take_part(who, root))
    return Thread(
        root,
        page,
        address,
        verdict,
        may_vote=voting and bool(policies.voting_is_open(root)),
        **more,
    )


def _order() -> Order:
    value = request.args.get("order", "")
    return Order(value) if value in list(Order) else Order.OLDEST


def after_asked() -> int | None:
    """The number of the comment after which the address asks to read on."""
    return _number(request.args.get("after", ""))


def _cursor() -> queries.Cursor | None:
    """Where the page asked for begins; anything that is no such place is the beginning."""
    number, _mark, value = request.args.get("after", "").partition("~")
    id = _number(number)
    if id is None:
        return None
    try:
        held = float(value[:30]) if value else None
    except ValueError:
        held = None
    return queries.Cursor(id, held if held is not None and isfinite(held) else None)


def _number(value: str) -> int | None:
    return int(value) if value.isdecimal() and len(value) <= 15 else None


@bp.get("/comments/<key:contribution_id>")
def more(contribution_id: int) -> ResponseReturnValue:
    """The next comments of a thread, for the page that is open; as a page, the contribution's own."""
    root = readable_root(contribution_id)
    if not is_htmx():
        return redirect(f"{address_of(root)}?{request.query_string.decode()}#comments")
    return render_template("comments/_more.html", t=thread(root))


@bp.post("/comments/<key:contribution_id>")
def post(contribution_id: int) -> ResponseReturnValue:
    """Publish a comment, or an answer to one."""
    parent = None
    if parent_id := _number(request.form.get("parent", "")):
        parent = found(queries.find_comment(parent_id))
        root = root_of(parent)
        found(root if root.id == contribution_id else None)
        authorize(may_read_component(actor(), root.component))
    else:
        root = readable_root(contribution_id)
    form = _form(root, parent_id)
    try:
        authorize(policies.may_answer(actor(), parent) if parent else policies.may_comment(actor(), root))
        if not form.validate_on_submit():
            return _kept(root, parent, form)
        comment = services.post(
            member(),
            root,
            form.body.data or "",
            position=form.stance,
            nature=ANSWER if policies.is_asked(actor(), root) else form.kind_of_answer,
            parent=parent,
            draft_id=form.held_draft,
        )
    except Refused as refusal:
        if not actor().is_authenticated or refusal.rule in NOT_FOUND_RULES:
            raise
        abandon()
        return _refused(contribution_id, form, refusal.rule)
    if is_htmx():
        return _posted(root, comment, parent)
    flash(_("Your answer is published.") if parent else _("Your comment is published."), "success")
    if parent is None and root.comment_count <= queries.PAGE:
        return redirect(f"{address_of(root)}#c{comment.id}", 303)
    return redirect(address_of(comment), 303)


def _form(root: Contribution, parent_id: int | None = None, **options: Any) -> CommentForm:
    maximum = root.component.configuration.comment_max_length
    asked = policies.is_asked(actor(), root)
    form = CommentForm(
        maximum=max(maximum, ANSWER_MAX) if asked else maximum,
        positions=parent_id is None and policies.takes_positions(root),
        natures=parent_id is None and has_natures(root),
        parent=parent_id,
        **options,
    )
    if asked:
        form.body.label.text = _("Your answer")
    return form


def _kept(root: Contribution, parent: Comment | None, form: CommentForm) -> ResponseReturnValue:
    """The form again, with what was typed and what is wrong with it."""
    return render_template("comments/write.html", root=root, parent=parent, form=form, sentence=None)


def _refused(contribution_id: int, form: CommentForm, rule: str) -> ResponseReturnValue:
    """Why a text could not be published, and the text: to publish in the thread itself if that is open."""
    root = found(queries.find_root(contribution_id))
    offered = None
    if policies.may_comment(actor(), root):
        offered = _form(root, formdata=None)
        offered.body.data = form.body.data
    page = render_template(
        "comments/write.html", root=root, parent=None, form=offered, sentence=RULES[rule], text=form.body.data
    )
    return page, 403


def _posted(root: Contribution, comment: Comment, parent: Comment | None) -> ResponseReturnValue:
    """What htmx puts in the place of the form: the new comment, and an empty form for the next one."""
    page = threads.nested(queries.messages([comment.id], actor().id))
    made = thread_of(root, page, address_of(root), form=None if parent else _form(root, formdata=None))
    return render_template("comments/_posted.html", t=made, parent=parent)


@bp.get("/c/<key:comment_id>")
def show(comment_id: int) -> ResponseReturnValue:
    """The page of one comment: what it answers, the comment, and what answers it."""
    comment = _readable(comment_id)
    root = root_of(comment)
    page = threads.branch(comment, after_asked(), actor().id)
    made = thread_of(root, page, f"/c/{comment.id}", highlighted=None if after_asked() else comment.id)
    if page.next:
        made.next = f"{made.address}?after={page.next}#comments"
        made.fetch = f"{made.address}?after={page.next}"
    if made.verdict and request.args.get("reply") == str(comment_id) and comment.is_shown:
        made.answering, made.replies_to = (
            comment.id,
            _form(
                root,
                comment.id,
                **(drafts.filled("comments.post", parent=str(comment_id)) or {"formdata": None}),
            ),
        )
        _quote(made.replies_to, comment)
    if is_htmx() and after_asked():
        return render_template("comments/_more.html", t=made)
    readable = may_read_own_state(actor(), comment)
    born = born_from(comment_id, actor()) if comment.is_shown else ()
    return render_template(
        "comments/show.html", comment=comment, root=root, t=made, readable=readable, born=born
    )


@bp.get("/c/<key:comment_id>/reply")
def reply(comment_id: int) -> ResponseReturnValue:
    """The form that answers a comment; as a page, that comment's own with the form open."""
    comment = _readable(comment_id)
    authorize(policies.may_answer(actor(), comment))
    if not is_htmx():
        quote = "&quote=1" if "quote" in request.args else ""
        return redirect(f"/c/{comment_id}?reply={comment_id}{quote}#c{comment_id}")
    form = _form(root_of(comment), comment_id, formdata=None)
    _quote(form, comment)
    return render_template("comments/_reply.html", comment=comment, form=form)


@bp.route("/c/<key:comment_id>/edit", methods=["GET", "POST"])
def edit(comment_id: int) -> ResponseReturnValue:
    """Change one's comment."""
    comment = _readable(comment_id)
    authorize(policies.may_edit(actor(), comment))
    longest = ANSWER_MAX if comment.nature == ANSWER else 0
    maximum = max(root_of(comment).component.configuration.comment_max_length, len(comment.body), longest)
    form = EditForm(obj=comment, maximum=maximum, **drafts.filled("comments.edit"))
    if form.validate_on_submit():
        services.edit(
            member(),
            comment,
            form.body.data or "",
            revision=form.held_revision,
            draft_id=form.held_draft,
            action=request.path,
            back=address_of(comment),
        )
        flash(_("Your comment is changed."), "success")
        return redirect(address_of(comment), 303)
    return render_template("comments/edit.html", comment=comment, root=root_of(comment), form=form)


@bp.route("/c/<key:comment_id>/delete", methods=["GET", "POST"])
def delete(comment_id: int) -> ResponseReturnValue:
    """Delete one's comment, after a confirmation."""
    comment = _readable(comment_id)
    authorize(policies.may_delete(actor(), comment))
    form = DeleteForm()
    if form.validate_on_submit():
        services.delete(member(), comment)
        flash(_("Your comment is deleted."), "success")
        return redirect(f"{address_of(root_of(comment))}#comments", 303)
    answered = queries.is_answered(comment_id)
    return render_template(
        "comments/delete.html", comment=comment, root=root_of(comment), form=form, answered=answered
    )


@bp.get("/c/<key:comment_id>/versions")
def compare(comment_id: int) -> ResponseReturnValue:
    """What changed between two versions of a comment, word by word."""
    comment = _readable(comment_id)
    found(comment if may_read_own_state(actor(), comment) else None)
    return render_template(
        "comments/versions.html",
        comment=comment,
        root=root_of(comment),
        chosen=versions.choose(comment_id, request.args.get("from"), request.args.get("to")),
        here=f"/c/{comment_id}/versions",
        view="split" if request.args.get("view") == "split" else "text",
        back=address_of(comment),
    )


def _quote(form: CommentForm, comment: Comment) -> None:
    """Begin an answer with what it quotes, where the address asks for it: a passage, or the whole shortened."""
    if "quote" not in request.args or form.body.data:
        return
    most = min(QUOTED, int(form.body.flags.maxlength or QUOTED) // 2)
    words = text.clean(request.args.get("passage", ""))[:most] or excerpt(comment.html, most)
    who = comment.author.name if comment.author and comment.author.erased_at is None else _("deleted account")
    lines = [f"[{re.sub(r'[][]', '', who)}](/c/{comment.id}):", *words.splitlines()]
    form.body.data = "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"


def readable_root(contribution_id: int) -> Contribution:
    """What a thread is about, if the reader may read it."""
    root = found(queries.find_root(contribution_id))
    authorize(may_read_component(actor(), root.component))
    takes_comments = root.kind != ContributionKind.COMMENT
    found(root if takes_comments and may_read(actor(), root) else None)
    return root


def _readable(comment_id: int) -> Comment:
    """A comment that the reader may read, or whose stub they see."""
    comment = found(queries.find_comment(comment_id))
    authorize(may_read_component(actor(), comment.component))
    seen = all(may_read_own_state(actor(), one) for one in above(comment)) and (
        may_read_own_state(actor(), comment) or queries.is_answered(comment_id)
    )
    return found(comment if seen else None)
