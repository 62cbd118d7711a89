"""Opening, editing, ordering and publishing spaces in the browser."""

from sqlalchemy import select

from participa.audit.models import AuditEntry
from participa.authorization import Role
from participa.spaces.models import Component, Space, SpaceRole, Visibility

NEW = {
    "kind": "thematic",
    "name": "Transition écologique",
    "summary": "Le confort d’été.",
    "description": "**Agir** ensemble.",
    "accent": "participation",
    "visibility": "members",
    "components": ["proposals", "debates"],
}


def actions(session):
    return session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()


def test_whoever_moderates_a_space_opens_another_and_administers_it(session, make, sign_in):
    browser = sign_in(make.moderator(make.space()))

    answer = browser.post("/e/new", data=NEW)

    space = session.scalars(select(Space).where(Space.slug == "transition-ecologique")).one()
    assert answer.location.endswith("/e/transition-ecologique/settings")
    assert "<strong>Agir</strong>" in space.html
    assert space.published_at is None
    assert session.scalars(select(SpaceRole.role).where(SpaceRole.space_id == space.id)).all() == [
        Role.ADMINISTRATOR
    ]
    assert session.scalars(select(Component.kind).order_by(Component.position)).all() == [
        "proposals",
        "debates",
    ]
    assert actions(session) == ["space.opened"]
    assert browser.get("/e/transition-ecologique").status_code == 200
    assert sign_in(make.member()).get("/e/transition-ecologique").status_code == 404


def test_a_plain_member_opens_no_space(make, sign_in):
    make.network()
    answer = sign_in(make.member()).post("/e/new", data=NEW)
    assert answer.status_code == 403


def test_two_spaces_of_one_name_have_two_addresses_and_none_takes_a_page(session, make, sign_in):
    make.network()
    browser = sign_in(make.coordinator())
    browser.post("/e/new", data=NEW)
    browser.post("/e/new", data=NEW)
    browser.post("/e/new", data=NEW | {"name": "New"})
    assert set(session.scalars(select(Space.slug))) == {
        "transition-ecologique",
        "transition-ecologique-2",
        "new-2",
    }


def test_a_refused_form_keeps_what_was_typed(make, sign_in):
    make.network()
    answer = sign_in(make.coordinator()).post(
        "/e/new", data=NEW | {"slug": "Été !", "description": "Texte gardé"}
    )
    assert answer.status_code == 422
    assert "Texte gardé" in answer.text
    assert 'href="#slug"' in answer.text


def edited(space, **changes):
    return {
        "name": space.name,
        "summary": space.summary,
        "description": space.description,
        "accent": space.accent,
        "visibility": space.visibility.value,
        "revision": space.revision,
    } | changes


def test_settings_change_the_space_and_say_what_changed_in_the_log(session, make, sign_in):
    space = make.space("Santé")
    browser = sign_in(make.coordinator())

    browser.post("/e/sante/settings", data=edited(space, name="Santé mentale", visibility="private"))

    changed = session.get(Space, space.id)
    assert (changed.name, changed.visibility, changed.slug) == ("Santé mentale", Visibility.PRIVATE, "sante")
    entry = session.scalars(select(AuditEntry)).one()
    assert entry.action == "space.edited"
    assert entry.details["before"] == {"name": "Santé", "visibility": "public"}
    assert entry.details["after"] == {"name": "Santé mentale", "visibility": "private"}


def test_an_edit_from_a_stale_page_shows_both_texts_and_changes_nothing(session, make, sign_in):
    space = make.space("Santé", description="Ancien")
    browser = sign_in(make.coordinator())
    form = edited(space)
    browser.post("/e/sante/settings", data=form | {"description": "Le texte de Grace"})

    answer = browser.post("/e/sante/settings", data=form | {"description": "Le texte d’Ada"})

    assert answer.status_code == 409
    assert "Le texte de Grace" in answer.text
    assert "Le texte d’Ada" in answer.text
    assert session.scalar(select(Space.description)) == "Le texte de Grace"


def test_a_space_taken_back_is_seen_by_those_who_curate_it_only(make, sign_in, client):
    space = make.space("Santé")
    moderator = sign_in(make.moderator(space))
    sign_in(make.coordinator()).post("/e/sante/publish", data={"published": "0"})
    assert client.get("/e/sante").status_code == 404
    assert moderator.get("/e/sante").status_code == 200


def test_coordinators_order_spaces_with_buttons(session, make, sign_in):
    first, second = make.space("Un", position=0), make.space("Deux", position=1)
    sign_in(make.coordinator()).post("/spaces/order", data={"space": second.id, "to": "up"})
    assert session.scalars(select(Space.id).order_by(Space.position)).all() == [second.id, first.id]
    assert (
        sign_in(make.member()).post("/spaces/order", data={"space": first.id, "to": "up"}).status_code == 403
    )


def test_only_a_process_has_phases(make, sign_in):
    make.space("Santé")
    assert sign_in(make.coordinator()).get("/e/sante/phases").status_code == 403
