"""Fragments that keep a page of a thread up to date while one reads it, and complete the names one types."""

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from participa import text
from participa.authorization import all_of, authorize
from participa.catalogues import language
from participa.comments import queries, threads
from participa.comments.around import COUNTED, first_since, watched
from participa.comments.mentions import offered
from participa.comments.views.pages import after_asked, bp, readable_root, thread_of
from participa.contributions.policies import may_read
from participa.web import actor, address_of, found, is_htmx


@bp.get("/comments/<key:contribution_id>/news")
def news(contribution_id: int) -> ResponseReturnValue:
    """How many others wrote since the page that asks was made; answered before anything is rendered, when it can be."""
    known = after_asked() or 0
    root, new = found(watched(contribution_id, known, actor().id))
    found(root if may_read(actor(), root) else None)
    counters = f"{root.comment_count}.{root.last_activity_at.timestamp():.6f}.{new}"
    response = make_response()
    response.set_etag(f"{contribution_id}.{known}.{counters}.{actor().id or 0}.{language()}")
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Cookie", "Accept-Language"))
    if response.make_conditional(request).status_code != 304 and new:
        response.set_data(
            render_template("comments/_news.html", root=root, new=new, known=known, most=COUNTED)
        )
    return response


@bp.get("/comments/<key:contribution_id>/mention")
def mention(contribution_id: int) -> ResponseReturnValue:
    """Who may be mentioned in a thread, by the beginning of a name: what the completion shows."""
    authorize(all_of((actor().is_authenticated, "sign_in")))
    root = readable_root(contribution_id)
    words = " ".join(text.clean(request.args.get("q", "")).split())[:60]
    people = offered(root.component.space, words, actor().id) if words else []
    return render_template("comments/_mention.html", people=people)


@bp.get("/comments/<key:contribution_id>/new")
def new(contribution_id: int) -> ResponseReturnValue:
    """What others wrote since the page that asks was made; as a page, the first of it in its own place."""
    root, known = readable_root(contribution_id), after_asked() or 0
    if not is_htmx():
        first = first_since(root.id, known, actor().id)
        return redirect(f"/c/{first}#c{first}" if first else f"{address_of(root)}#comments")
    rows = queries.since(root.id, known, actor().id)
    names = queries.answered_names(rows)
    made = thread_of(root, threads.news(rows, names), address_of(root), known=known)
    latest = made.page.ids[-1] if made.page.ids else known
    return render_template("comments/_new.html", t=made, latest=latest)
