"""Signing in and out."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa.auth import devices, services, session
from participa.auth.forms import SignInForm, local_path
from participa.errors import TooManyTries
from participa.web import actor

bp = Blueprint("auth", __name__)


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Sign in, and go where one was going."""
    form = SignInForm()
    if request.method == "GET":
        form.next.data = local_path(request.args.get("next"))
        if actor().is_authenticated:
            return redirect(form.next.data or "/")
    if not form.validate_on_submit():
        return render_template("auth/sign_in.html", form=form), 422 if form.errors else 200
    try:
        outcome = services.sign_in(
            str(form.email.data), str(form.password.data), request.remote_addr or "", devices.known()
        )
    except TooManyTries as wait:
        page = render_template("auth/sign_in.html", form=form, seconds=wait.seconds, failed=True)
        return page, 429, {"Retry-After": str(wait.seconds)}
    if isinstance(outcome, str):
        return render_template("auth/sign_in.html", form=form, refusal=outcome, failed=True), 422
    services.open_here(outcome, remember=bool(form.remember.data))
    response = make_response(redirect(form.next.data or "/"))
    devices.remember(response, outcome.id)
    return response


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Sign out of this browser."""
    session.close_session()
    flash(_("You are signed out."), "success")
    return redirect(url_for("auth.sign_in"))
