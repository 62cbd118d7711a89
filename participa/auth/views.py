"""Signing in and out, forgotten passwords, invitations, one's account."""

from collections.abc import Mapping
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from participa import mail
from participa.auth import devices, policies, queries, services
from participa.auth.forms import (
    ChangePasswordForm,
    ChoosePasswordForm,
    ForgottenForm,
    InvitationForm,
    ProfileForm,
    SignInForm,
    local_path,
    way_on,
)
from participa.auth.models import Member
from participa.auth.session import close_session, member
from participa.authorization import RULES, Verdict
from participa.catalogues import lazy_gettext as _l
from participa.db import clock, db
from participa.errors import Conflict, TooManyTries
from participa.forms import Compared
from participa.web import LANGUAGES, actor, add_to_frame, came_from

bp = Blueprint("auth", __name__)

add_to_frame(_l("Settings"), "auth.account", "account", rank=30, when=lambda actor: actor.is_authenticated)


@bp.app_template_filter("browser")
def browser(user_agent: str) -> str:
    """A browser's name as people say it."""
    return devices.browser_words(user_agent)


@bp.after_request
def keep_links_secret(response: Response) -> Response:
    """Send nobody the address of a page whose address is a secret."""
    if "token" in (request.view_args or {}):
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


def languages() -> list[str]:
    """The languages the network offers, the default first."""
    network = g.get("network")
    offered = [code for code in network.languages if code in LANGUAGES] if network else []
    return offered or list(LANGUAGES)


def _refusal(verdict: Verdict) -> Any:
    return RULES[verdict.rule or ""]


def _enter(someone: Member, address: str, *, remember: bool) -> ResponseReturnValue:
    """Sign `someone` in on this browser, which their account knows from now on."""
    services.open_here(someone, remember=remember)
    response = make_response(redirect(address))
    devices.remember(response, someone.id)
    return response


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Sign in, and go where one was going."""
    form = SignInForm()
    if request.method == "GET":
        form.next.data = way_on(request.args.get("next"))
        if actor().is_authenticated:
            return redirect(form.next.data or "/")
    if not form.validate_on_submit():
        return render_template("auth/sign_in.html", form=form)
    try:
        outcome = services.sign_in(
            str(form.email.data), str(form.password.data), request.remote_addr or "", devices.known()
        )
    except TooManyTries as wait:
        page = render_template("auth/sign_in.html", form=form, seconds=wait.seconds, failed=True)
        return page, 429, {"Retry-After": str(wait.seconds)}
    if isinstance(outcome, Verdict):
        return render_template("auth/sign_in.html", form=form, refusal=_refusal(outcome), failed=True), 422
    return _enter(outcome, form.next.data or "/", remember=bool(form.remember.data))


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Sign out of this browser."""
    close_session()
    flash(_("You are signed out."), "success")
    return redirect(url_for("auth.sign_in"))


@bp.route("/password/forgotten", methods=["GET", "POST"])
def forgotten() -> ResponseReturnValue:
    """Ask for a link to choose a password; the answer is the same whether the account exists."""
    form = ForgottenForm()
    by_mail = mail.is_configured(current_app.config["SETTINGS"])
    if not by_mail or not form.validate_on_submit():
        return render_template("auth/forgotten.html", form=form, by_mail=by_mail)
    try:
        services.ask_password_link(str(form.email.data), request.remote_addr or "")
    except TooManyTries as wait:
        page = render_template(
            "auth/forgotten.html", form=form, by_mail=True, seconds=wait.seconds, failed=True
        )
        return page, 429, {"Retry-After": str(wait.seconds)}
    return render_template("auth/link_sent.html", email=form.email.data)


@bp.route("/password/<token>", methods=["GET", "POST"])
def choose_password(token: str) -> ResponseReturnValue:
    """Choose a password by a one-time link, and come in."""
    link = queries.find_password_link(token)
    verdict = policies.may_use(link, clock())
    owner = queries.find_member(link.member_id) if link else None
    if link is None or owner is None or not verdict:
        return render_template("auth/link_over.html", sentence=_refusal(verdict)), 410
    if not (verdict := policies.may_have_password_link(owner)):
        return render_template("auth/link_over.html", sentence=_refusal(verdict)), 410
    form = ChoosePasswordForm()
    form.known_names = (owner.email, owner.name)
    if not form.validate_on_submit():
        return render_template("auth/choose_password.html", form=form, owner=owner, token=token)
    owner = services.choose_password(link, str(form.password.data))
    answer = _enter(owner, "/", remember=False)
    flash(_("Your password is changed, and you are signed in. Your other devices are signed out."), "success")
    return answer


@bp.route("/invitation/<token>", methods=["GET", "POST"])
def invitation(token: str) -> ResponseReturnValue:
    """Accept an invitation: say who one is, choose a password, come in."""
    kept = queries.find_invitation(token)
    if kept is None:
        return render_template("auth/invitation_over.html", invitation=None), 404
    if not (verdict := policies.may_accept(kept, clock())):
        page = render_template("auth/invitation_over.html", invitation=kept, sentence=_refusal(verdict))
        return page, 410
    form = InvitationForm(obj=kept).offer(languages())
    form.email = kept.email
    if not form.validate_on_submit():
        services.open_invitation(kept)
        return render_template("auth/invitation.html", form=form, invitation=kept, token=token)
    joined = services.accept(
        kept,
        name=str(form.name.data),
        function=form.function.data,
        language=str(form.language.data),
        password=str(form.password.data),
    )
    answer = _enter(joined, "/", remember=False)
    with force_locale(joined.language):
        flash(_("Welcome! Your account is open."), "success")
    return answer


@bp.post("/invitation/<token>/decline")
def decline(token: str) -> ResponseReturnValue:
    """Decline an invitation that was not for oneself."""
    kept = queries.find_invitation(token)
    if kept is None or not policies.may_accept(kept, clock()):
        return redirect(url_for("auth.invitation", token=token))
    services.decline(kept)
    return render_template("auth/invitation_over.html", invitation=kept, declined=True)


def _profile_form(someone: Member) -> ProfileForm:
    network = g.get("network")
    default = someone.centre.time_zone if someone.centre else network.time_zone if network else "Europe/Paris"
    form = ProfileForm(obj=someone)
    if request.method == "GET":
        form.theme.data, form.time_zone.data = someone.theme.value, someone.time_zone or ""
    return form.offer(languages(), default, someone.time_zone)


def _account_page(*, forms: Mapping[str, Any] | None = None) -> str:
    someone = member()
    shown = {"profile_form": None, "password_form": None} | dict(forms or {})
    return render_template(
        "auth/account.html",
        member=someone,
        profile_form=shown["profile_form"] or _profile_form(someone),
        password_form=shown["password_form"] or ChangePasswordForm(formdata=None),
        refusal=shown.get("refusal"),
        seconds=shown.get("seconds"),
        failed=bool(forms),
        sessions=db.session.scalars(queries.live_sessions(someone)).all(),
        here=g.get("session_id"),
    )


@bp.route("/account", methods=["GET", "POST"])
def account() -> ResponseReturnValue:
    """See and change one's profile and how pages look."""
    someone = member()
    form = _profile_form(someone)
    if not form.validate_on_submit():
        return _account_page(forms={"profile_form": form} if form.errors else None)
    if not services.save_profile(someone, form.profile(), int(form.revision.data or 0)):
        raise _stale_profile(someone, form)
    with force_locale(str(form.language.data)):
        flash(_("Your settings are saved."), "success")
    response = redirect(url_for("auth.account"))
    response.delete_cookie("theme")  # a choice made with the button of one device gives way to this one
    return response


def _stale_profile(someone: Member, form: ProfileForm) -> Conflict:
    """The merge page: what was typed beside what another tab or device saved."""
    theirs = {
        "name": someone.name,
        "function": someone.function or "",
        "language": someone.language,
        "time_zone": someone.time_zone or "",
        "theme": someone.theme.value,
    }
    compared = [
        Compared(
            name=name,
            label=form[name].label.text,
            yours=form[name].data or "",
            theirs=value,
            long=False,
            options=[(choice.value, choice.label) for choice in getattr(form[name], "choices", ())],
        )
        for name, value in theirs.items()
    ]
    address = url_for("auth.account")
    return Conflict(compared=compared, action=address, back=address, revision=someone.revision)


@bp.post("/account/password")
def change_password() -> ResponseReturnValue:
    """Change one's password; every other device is signed out."""
    someone = member()
    form = ChangePasswordForm()
    form.known_names = (someone.email, someone.name)
    if not form.validate_on_submit():
        return _account_page(forms={"password_form": form})
    try:
        verdict = services.change_password(
            someone,
            str(form.current.data),
            str(form.password.data),
            request.remote_addr or "",
            devices.known(),
        )
    except TooManyTries as wait:
        page = _account_page(forms={"password_form": form, "seconds": wait.seconds})
        return page, 429, {"Retry-After": str(wait.seconds)}
    if not verdict:
        form.current.errors = [*form.current.errors, _refusal(verdict)]
        return _account_page(forms={"password_form": form})
    flash(_("Your password is changed. Your other devices are signed out."), "success")
    response = redirect(url_for("auth.account"))
    devices.remember(response, someone.id)
    return response


@bp.post("/account/sessions")
def sessions() -> ResponseReturnValue:
    """Sign out one of one's devices, or all the others."""
    someone = member()
    wanted = request.form.get("end", "")
    if wanted == "others":
        services.end_other_sessions(someone, g.get("session_id"))
        flash(_("Your other devices are signed out."), "success")
    elif wanted.isdecimal() and len(wanted) < 10:
        services.end_session(someone, int(wanted))
        flash(_("This device is signed out."), "success")
    return redirect(url_for("auth.account", _anchor="devices"))


@bp.post("/language")
def language() -> ResponseReturnValue:
    """Show the tool in another language: on this browser, and for members on every device."""
    wanted = request.form.get("language", "")
    if wanted in languages():
        cookie["language"] = wanted
        if actor().is_authenticated:
            services.speak(member(), wanted)
    back = local_path(request.form.get("next")) or local_path(came_from()) or "/"
    return redirect(back)
