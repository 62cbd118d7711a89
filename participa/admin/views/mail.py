"""Whether mail leaves, and what failed."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import true

from participa import mail as post
from participa.admin import queries
from participa.admin.views import bp
from participa.audit.services import record
from participa.auth.session import member as myself
from participa.catalogues import ngettext
from participa.db import clock, transaction
from participa.mail import OutgoingMail


@bp.get("/mail")
def mail() -> ResponseReturnValue:
    """Show how mail leaves and the messages that were given up."""
    waiting, answer = queries.mail_queue()
    return render_template(
        "admin/mail.html",
        settings=current_app.config["SETTINGS"],
        leaves=post.is_configured(current_app.config["SETTINGS"]),
        waiting=waiting,
        answer=answer,
        page=queries.page_of_failures(request.args.get("page")),
        counts=queries.counts(),
    )


@bp.post("/mail/test")
def test_mail() -> ResponseReturnValue:
    """Send a message to oneself."""
    me = myself()
    if me.email is None or not post.is_configured(current_app.config["SETTINGS"]):
        flash(_("Mail is not set up on this server."), "error")
        return redirect(url_for(".mail"))
    with transaction() as session:
        post.write(
            session,
            purpose="test",
            address=me.email,
            recipient_id=me.id,
            template="emails/test",
            context={"asked_at": clock()},
        )
        record(session, me, "mail.tested")
    flash(_("Message on its way to %(email)s. If it fails, it appears here.", email=me.email), "success")
    return redirect(url_for(".mail"))


@bp.post("/mail/retry")
def retry_mail() -> ResponseReturnValue:
    """Send failed messages again: one, or all."""
    number = request.form.get("mail", "")
    condition = OutgoingMail.id == int(number) if number.isdecimal() and len(number) < 10 else true()
    with transaction() as session:
        n = post.retry(condition)
        if n:
            record(session, myself(), "mail.retried", after=n)
    flash(ngettext("%(num)s message is tried again.", "%(num)s messages are tried again.", n), "success")
    return redirect(url_for(".mail"))
