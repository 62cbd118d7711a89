"""Pages to keep topics, of a space and of the network."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectField

from participa.auth.session import member
from participa.authorization import RULES, Refused
from participa.catalogues import lazy_gettext as _l
from participa.forms import Between, Compared, Form, LineField, RevisionField
from participa.ordering import STEPS
from participa.spaces.forms.identity import number_or_none
from participa.spaces.models import Space, Topic
from participa.spaces.topics import queries, services
from participa.spaces.topics.tree import choices_of, in_order, options_of, under
from participa.spaces.views.frame import bp, shaped_space
from participa.web import found, numbers_sent


@bp.app_template_global()
def topic_options(kept: list[Topic]) -> list[tuple[int, str]]:
    """Topics as the options of a filter, each called by its path."""
    return options_of(kept)


class TopicForm(Form):
    """The name of a topic, and the one it stands under."""

    name = LineField(_l("Name"), [Between(2, 80)])
    parent_id = SelectField(_l("Under"), coerce=number_or_none)
    revision = RevisionField()

    def offer(self, kept: list[Topic], topic: Topic | None = None) -> "TopicForm":
        """Offer the places it may have."""
        below = under(kept, topic.id) if topic else ()
        places = [each for each in kept if each.id not in below]
        self.places = choices_of(places, _("Under no other topic"))
        self.parent_id.choices = self.places
        return self

    def against(self, topic: Topic) -> list[Compared]:
        """The fields beside what is in force, for the merge page."""
        places = [(str(choice.value), choice.label) for choice in self.places]
        mine, theirs = str(self.parent_id.data or ""), str(topic.parent_id or "")
        return [
            Compared("name", self.name.label.text, self.name.data or "", topic.name),
            Compared("parent_id", self.parent_id.label.text, mine, theirs, options=places),
        ]


@bp.route("/e/<slug>/topics", methods=["GET", "POST"])
def topics(slug: str) -> ResponseReturnValue:
    """The topics that a space keeps, as trees, and adding one."""
    return keep(shaped_space(slug), url_for("spaces.topics", slug=slug))


@bp.route("/e/<slug>/topics/<key:topic_id>", methods=["GET", "POST"])
def topic(slug: str, topic_id: int) -> ResponseReturnValue:
    """Rename a topic of a space, move it, merge it into another one or remove it."""
    return change(shaped_space(slug), topic_id, url_for("spaces.topics", slug=slug))


@bp.post("/e/<slug>/subjects")
def subjects(slug: str) -> ResponseReturnValue:
    """Say what a space is about, of the network's topics."""
    space = shaped_space(slug)
    services.set_subjects(member(), space, numbers_sent("topic"))
    flash(_("The settings of the space are saved."), "success")
    return redirect(url_for("spaces.settings", slug=slug, _anchor="subjects"), 303)


def keep(space: Space | None, home: str, **frame: Any) -> ResponseReturnValue:
    """The page of the trees that a space or the network keeps; `frame` goes to its template."""
    kept = queries.kept_by(space)
    form = TopicForm().offer(kept)
    if form.validate_on_submit():
        try:
            services.add_topic(member(), space, form.name.data or "", form.parent_id.data)
        except Refused as refusal:
            form.name.errors = [str(RULES[refusal.rule])]
        else:
            flash(_("The topic is added."), "success")
            return redirect(f"{home}#add", 303)
    uses = queries.uses_of(topic.id for topic in kept)
    return render_template(
        "topics/tree.html", space=space, form=form, branches=in_order(kept), uses=uses, home=home, **frame
    )


def change(space: Space | None, topic_id: int, home: str, **frame: Any) -> ResponseReturnValue:
    """The page of one topic, or what its buttons do; `frame` goes to its template."""
    kept = queries.kept_by(space)
    topic: Topic = found(next((each for each in kept if each.id == topic_id), None))
    form = TopicForm(obj=topic).offer(kept, topic)
    act = request.form.get("act", "")
    try:
        if act in STEPS:
            services.step_topic(member(), topic, STEPS[act])
            return redirect(f"{home}#t{topic_id}", 303)
        if act == "remove":
            into = number_or_none(request.form.get("into"))
            services.remove_topic(member(), space, topic, into)
            flash(_("The topic is merged.") if into else _("The topic is removed."), "success")
            return redirect(home, 303)
        if form.validate_on_submit():
            merge = {
                "compared": form.against(topic),
                "revision": topic.revision,
                "action": request.path,
                "back": request.path,
            }
            services.change_topic(
                member(),
                space,
                topic,
                form.name.data or "",
                form.parent_id.data,
                revision=int(form.revision.data or 0),
                merge=merge,
            )
            flash(_("The topic is saved."), "success")
            return redirect(f"{home}#t{topic_id}", 303)
    except Refused as refusal:
        form.name.errors = [str(RULES[refusal.rule])]
    below = under(kept, topic_id)
    page = render_template(
        "topics/topic.html",
        space=space,
        form=form,
        topic=topic,
        uses=sum(queries.uses_of(below).values()),
        replacements=choices_of([each for each in kept if each.id not in below], _("Nothing")),
        home=home,
        **frame,
    )
    return page, 422 if form.name.errors else 200
