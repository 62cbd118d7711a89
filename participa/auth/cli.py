"""Accounts from the command line: the first ones, and ways back in."""

import click
from email_validator import EmailNotValidError, validate_email
from flask_babel import force_locale
from sqlalchemy import select

from participa import mail
from participa.audit.services import record
from participa.auth import passwords, queries, services
from participa.auth.models import Member
from participa.authorization import RULES, Refused
from participa.db import at_most, clock, db, transaction


@click.group()
def members() -> None:
    """Make accounts, invite people, give ways back in."""


def _member(email: str) -> Member:
    member = queries.find_member_by_email(email)
    if member is None:
        raise click.ClickException(f"No account has the address {email}.")
    return member


def _centre_id(slug: str | None) -> int | None:
    if slug is None:
        return None
    centre = Member.centre.property.mapper.class_
    found = db.session.scalar(select(centre.id).where(centre.slug == slug))
    if found is None:
        raise click.ClickException(
            f"No centre is called {slug}; the end of its page's address is its name here."
        )
    return int(found)


def _sentence(refusal: Refused) -> click.ClickException:
    with force_locale("en"):
        return click.ClickException(str(RULES[refusal.rule]))


def _address(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """An e-mail address that can be written to."""
    try:
        return validate_email(value.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise click.BadParameter(f"{value!r} is not an e-mail address: {error}") from None


def _name(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """A name of two characters or more."""
    name = " ".join(value.split())
    if len(name) < 2:
        raise click.BadParameter("Write the name that others see: two characters or more.")
    return name


@members.command()
@click.argument("email", callback=_address)
@click.argument("name", callback=_name)
@click.option("--centre", metavar="SLUG", help="The member's centre, by the end of its page's address.")
@click.option("--function", default=None, help="What they do there.")
@click.option("--language", default="fr", show_default=True, type=click.Choice(["fr", "en"]))
@click.option("--coordinator", is_flag=True, help="Make them a coordinator of the network.")
@click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when not given."
)
def create(
    email: str,
    name: str,
    centre: str | None,
    function: str | None,
    language: str,
    coordinator: bool,
    password: str,
) -> None:
    """Make an account with a password."""
    if queries.find_member_by_email(email) is not None:
        raise click.ClickException(f"{email} already has an account.")
    with force_locale("en"):
        fault = passwords.fault_of(password, email, name)
    if fault:
        raise click.ClickException(fault)
    centre_id, kept = _centre_id(centre), passwords.hashed(password)
    with transaction() as session:
        member = Member(
            email=email,
            name=name,
            function=function,
            centre_id=centre_id,
            language=language,
            is_coordinator=coordinator,
            password_hash=kept,
            created_at=clock(),
        )
        session.add(member)
        session.flush()
        record(session, None, "member.created", member)
    click.echo(f"{member.name} can sign in with {member.email}.")


@members.command()
@click.argument("email", callback=_address)
@click.argument("name", callback=_name)
@click.option("--centre", metavar="SLUG", help="The centre they will belong to.")
@click.option("--function", default=None, help="What they do there.")
@click.option("--language", default="fr", show_default=True, type=click.Choice(["fr", "en"]))
def invite(email: str, name: str, centre: str | None, function: str | None, language: str) -> None:
    """Invite someone, and print the link to hand over."""
    centre_id = _centre_id(centre)
    try:
        with transaction() as session:
            _kept, token = services.invite(session, None, email, name, function, centre_id, language)
    except Refused as refusal:
        raise _sentence(refusal) from None
    click.echo(mail.absolute(f"/invitation/{token}"))


@members.command("password-link")
@click.argument("email")
def password_link(email: str) -> None:
    """Print a link that lets a member choose a password, once, for three days."""
    try:
        token = services.make_password_link(None, _member(email))
    except Refused as refusal:
        raise _sentence(refusal) from None
    click.echo(mail.absolute(f"/password/{token}"))


@members.command()
@click.argument("email")
@click.option("--remove", is_flag=True, help="Take the role away instead.")
def coordinator(email: str, remove: bool) -> None:
    """Make a member a coordinator of the network, or no longer one."""
    member = _member(email)
    with transaction() as session:
        others = session.scalar(
            select(Member.id)
            .where(Member.is_coordinator, Member.id != member.id, Member.deactivated_at.is_(None))
            .limit(at_most(1))
        )
        if remove and member.is_coordinator and others is None:
            raise click.ClickException("The network must keep a coordinator; make another one first.")
        member.is_coordinator = not remove
        record(session, None, "coordinator.removed" if remove else "coordinator.made", member)
    click.echo(f"{member.name} is {'no longer' if remove else 'now'} a coordinator.")


commands = (members,)
