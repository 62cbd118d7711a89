"""How values are written for the reader: dates, numbers, extracts, French typography, strokes.

Everything here is a filter or a global of the templates; `init_app` registers them.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cache, lru_cache
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency
from flask import Flask, current_app, url_for
from markupsafe import Markup

from participa.catalogues import gettext, language, ngettext, number, zone
from participa.db import clock

NARROW = "\u202f"
"""Narrow no-break space: before ; ! ? and inside « »."""
FIXED = "\u00a0"
"""No-break space: before a colon, between a day and its month, around the h of hours."""

MOST_STROKES = 40
"""Beyond this many centres, strokes are too thin to count and a plain bar replaces them."""

_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_DAY = re.compile(rf"\b(1er|[12]?\d|3[01]) (?=(?:{_MONTHS})\b)")
_AS_IS = re.compile(r"(<(?:pre|code)\b.*?</(?:pre|code)>|<[^>]*>)", re.DOTALL)
_BEFORE = {" ;": f"{NARROW};", " !": f"{NARROW}!", " ?": f"{NARROW}?", f"{FIXED};": f"{NARROW};",
           f"{FIXED}!": f"{NARROW}!", f"{FIXED}?": f"{NARROW}?"}  # fmt: skip


def _spaced(text: str) -> str:
    """Some text without tags, its French spaces fixed; plain replacements beat one pattern tenfold."""
    for loose, fixed in _BEFORE.items():
        if loose in text:
            text = text.replace(loose, fixed)
    if " :" in text:
        text = re.sub(r" :(?=\s|$)", f"{FIXED}:", text)
    if "«" in text:
        text = re.sub(rf"«[ {FIXED}{NARROW}]*", f"«{NARROW}", text)
    if "»" in text:
        text = re.sub(rf"[ {FIXED}{NARROW}]*»", f"{NARROW}»", text)
    return _DAY.sub(rf"\1{FIXED}", text)


def typo(text: str) -> str:
    """Put French no-break spaces into `text`, leaving tags and code alone; other languages pass through."""
    if not text or language() != "fr":
        return text
    return _kept_typo(text) if len(text) < SHORT else _typo(text)


def _typo(text: str) -> str:
    if not isinstance(text, Markup):
        return _spaced(text)
    pieces = _AS_IS.split(text.replace("&nbsp;", FIXED))  # every second piece is a tag or some code
    pieces[::2] = map(_spaced, pieces[::2])
    return Markup("".join(pieces))  # noqa: S704


SHORT = 2_000
"""Characters of a text whose spacing is worth keeping."""
_kept_typo = lru_cache(maxsize=2048, typed=True)(
    _typo
)  # typed: markup is not the plain text that reads the same


# ── Dates ────────────────────────────────────────────────────────────────────────────────────────


def _local(moment: datetime) -> datetime:
    return moment.astimezone(zone())


@lru_cache(maxsize=16)
def _in_zone(moment: datetime, where: tzinfo) -> datetime:
    return moment.astimezone(where)


def _now() -> datetime:
    return _in_zone(clock(), zone())


def _hour(moment: datetime, code: str) -> str:
    """The time of day: "9 h 05", "10 h" in French; "9:05 am" in English."""
    if code == "fr":
        return f"{moment.hour}{FIXED}h" + (f"{FIXED}{moment.minute:02}" if moment.minute else "")
    return f"{moment.hour % 12 or 12}:{moment.minute:02} {'am' if moment.hour < 12 else 'pm'}"


def hour_words(moment: datetime) -> str:
    """The time of day of a moment, as its own zone has it."""
    return _hour(moment, language())


@lru_cache(maxsize=2048)
def _day_words(day: date, today: date, code: str, form: str) -> str:
    """A day in words; `form` is auto (the year only when it is not this one), week (its name) or full."""
    pattern = {"auto": "d MMMM", "week": "EEEE d MMMM", "full": "EEEE d MMMM y", "name": "EEEE"}[form]
    if form in ("auto", "week") and day.year != today.year:
        pattern += " y"
    words = format_date(day, pattern, locale=code)
    if code == "fr":
        words = re.sub(r"\b1 (?=[a-zûé])", "1er ", words)
        words = re.sub(r"(\d|er) (?=[a-zûé])", rf"\1{FIXED}", words)
    return words


def _words(moment: datetime) -> str:
    """A moment in words, the closer the more precise: "il y a 5 min", "hier, 16 h 20", "15 juin"."""
    code = language()
    local, now = _local(moment), _now()
    passed, days = now - local, (now.date() - local.date()).days
    words: str
    if timedelta() <= passed < timedelta(minutes=1):
        words = gettext("just now")
    elif timedelta() <= passed < timedelta(hours=1):
        words = gettext("%(num)s min ago", num=passed.seconds // 60)
    elif days == 0:
        words = gettext("today, %(time)s", time=_hour(local, code))
    elif days == 1:
        words = gettext("yesterday, %(time)s", time=_hour(local, code))
    elif days == -1:
        words = gettext("tomorrow, %(time)s", time=_hour(local, code))
    elif -7 < days < 0:
        words = f"{_day_words(local.date(), now.date(), code, 'week')}, {_hour(local, code)}"
    else:
        words = _day_words(local.date(), now.date(), code, "week" if 0 < days < 7 else "auto")
    return words


def _time(stamp: str, words: str) -> Markup:
    return Markup(f'<time datetime="{stamp}">{words}</time>')  # noqa: S704


def when_words(moment: datetime | None) -> str:
    """`when` without its element, for mails and sentences."""
    return _words(moment) if moment else ""


def when(moment: datetime | None) -> Markup:
    """A moment as `<time>`, in the reader's zone and language."""
    if moment is None:
        return Markup("")
    return _time(_local(moment).isoformat(timespec="minutes"), _words(moment))


def fresh(moment: datetime | None) -> Markup:
    """How recent a moment is, in one or two words: "il y a 2 heures", "hier", "mercredi", "7 juin"."""
    if moment is None:
        return Markup("")
    code = language()
    local, now = _local(moment), _now()
    days, passed = (now.date() - local.date()).days, now - local
    if timedelta() <= passed < timedelta(hours=1):
        words = gettext("%(num)s min ago", num=max(1, passed.seconds // 60))
    elif days == 0 and timedelta() <= passed < timedelta(hours=6):
        hours = passed.seconds // 3600
        words = ngettext("%(num)s hour ago", "%(num)s hours ago", hours)
    elif days == 0:
        words = gettext("today")
    elif days == 1:
        words = gettext("yesterday")
    elif days == -1:
        words = gettext("tomorrow")
    else:
        words = _day_words(local.date(), now.date(), code, "name" if 0 < days < 7 else "auto")
    return _time(local.isoformat(timespec="minutes"), words)


def day(value: date | datetime | None, form: str = "auto") -> Markup:
    """A day as `<time>`: "15 juin" ("15 juin 2017" in another year); form "week" or "full" says more."""
    if value is None:
        return Markup("")
    return _time(_date(value).isoformat(), day_words(value, form))


def day_words(value: date | datetime | None, form: str = "auto") -> str:
    """`day` without its element."""
    if value is None:
        return ""
    return _day_words(_date(value), _now().date(), language(), form)


def hour(moment: datetime | None) -> str:
    """The time of day of a moment, in the reader's zone."""
    return _hour(_local(moment), language()) if moment else ""


def _date(value: date | datetime) -> date:
    return _local(value).date() if isinstance(value, datetime) else value


# ── Numbers, texts ───────────────────────────────────────────────────────────────────────────────


def euros(amount: Decimal | None) -> str:
    """An amount of euros, without cents when there are none: "1 500 €", "€12.50"."""
    if amount is None:
        return ""
    pattern = None if amount % 1 else ("#,##0\u00a0¤" if language() == "fr" else "¤#,##0")
    return str(format_currency(amount, "EUR", pattern, locale=language(), currency_digits=pattern is None))


def size(count: int) -> str:
    """A file size a person can read: "90 ko", "3,1 Mo"."""
    unit = "o" if language() == "fr" else "B"
    if count < 1_000_000:
        return f"{number(max(1, round(count / 1000)))}{FIXED}k{unit}"
    return f"{number(round(count / 1_000_000, 1))}{FIXED}M{unit}"


_BLOCK = re.compile(r"</(?:p|li|h[1-6]|blockquote|pre|tr)>|<br ?/?>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>?")


def excerpt(html: str | None, length: int = 180) -> str:
    """The beginning of an HTML text as plain words, cut between two words."""
    if not html:
        return ""
    head = html[: length * 8]  # tags and entities included: enough to fill `length`, whatever the text's size
    return _excerpt(head, length, len(head) == len(html))


@lru_cache(maxsize=1024)
def _excerpt(head: str, length: int, whole: bool) -> str:
    head = head if whole else re.sub(r"&\w*$", "", head)
    text = " ".join(unescape(_TAG.sub("", _BLOCK.sub(" ", head))).split())
    if len(text) <= length and whole:
        return text
    return (text[: length + 1].rsplit(" ", 1)[0] if len(text) > length else text).rstrip(" ,;:.") + "…"


def quoted(text: str) -> str:
    """`text` between the quotation marks of the reader's language."""
    return f"«{NARROW}{text}{NARROW}»" if language() == "fr" else f"“{text}”"


def upper_first(text: str) -> str:
    """`text` with a capital first letter and the rest as it was."""
    start = re.match(r"<[^>]*>", text) if isinstance(text, Markup) else None
    at = start.end() if start else 0
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]


# ── Strokes: one per centre ──────────────────────────────────────────────────────────────────────


def _svg(attributes: str, shapes: str) -> Markup:
    """A decorative drawing; its arguments are made of numbers only."""
    return Markup(f'<svg{attributes} preserveAspectRatio="none" aria-hidden="true">{shapes}</svg>')  # noqa: S704


@lru_cache(maxsize=4096)
def strokes(count: int, total: int) -> Markup:
    """One stroke per centre, the first `count` of them lit; a plain bar beyond `MOST_STROKES` centres."""
    count = max(0, min(count, total))
    if total > MOST_STROKES:
        lit, width, kind = round(112 * count / total), 113, ' class="bar"'
    else:
        lit, width, kind = max(0, 6 * count - 2), 6 * max(total, 1) - 1, ""
    on = f'<path class="on" d="M0 6h{lit}"/>' if lit else ""
    size = f' width="{min(width, 113)}" height="12" viewBox="0 0 {width} 12"'
    return _svg(kind + size, f'<path d="M0 6h{width - 1}"/>{on}')


@lru_cache(maxsize=256)
def pulse_strokes(lit: tuple[bool, ...], height: int = 10) -> Markup:
    """One wide stroke per centre in the order given, lit or not; a plain bar beyond `MOST_STROKES`."""

    def bar(x: float, width: float, on: bool) -> str:
        shade = ' class="on"' if on else ""
        return f'<rect{shade} x="{x:g}" width="{width:.4g}" height="{height}"/>'

    if len(lit) > MOST_STROKES:
        width = 186.7
        bars = bar(0, width, on=False) + bar(0, width * sum(lit) / len(lit), on=True)
    else:
        width = 10 * max(len(lit), 1) - 3.3
        bars = "".join(bar(10 * at, 6.7, on) for at, on in enumerate(lit))
    return _svg(f' viewBox="0 0 {width:g} {height}"', bars)


def pulse_of(lit: Iterable[object], height: int = 10) -> Markup:
    """`pulse_strokes` of any sequence of truths."""
    return pulse_strokes(tuple(bool(on) for on in lit), height)


@lru_cache(maxsize=64)
def wordmark_strokes(total: int) -> Markup:
    """The strokes under the wordmark: as many as there are centres."""
    counted = 1 < total <= MOST_STROKES
    width = 6 * total - 2 if counted else 112
    return _svg(
        ("" if counted else ' class="bar"') + f' viewBox="0 0 {width} 4"', f'<path d="M0 2h{width}"/>'
    )


def words_of_address(path: str) -> str:
    """The words of an address, to search for what it may have named."""
    words = re.findall(r"[^\W\d_]{3,}", path.rstrip("/").rsplit("/", 1)[-1])
    return " ".join(words[:8])


def address_if_any(endpoint: str, **values: Any) -> str | None:
    """The address of an endpoint, or None when this application does not have it."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def assets_of(app: Flask) -> Callable[[str], str]:
    """Gives the address of a static file; ours are marked, so that browsers see a change."""
    folder, path = Path(app.static_folder or "."), app.static_url_path or ""

    @cache
    def asset(name: str) -> str:
        if name.startswith("vendor/"):  # also named by the style sheet, without a mark
            return f"{path}/{name}"
        return f"{path}/{name}?v={sha256((folder / name).read_bytes()).hexdigest()[:8]}"

    return asset


def init_app(app: Flask) -> None:
    """Register the filters and globals of the templates."""
    env = app.jinja_env
    env.filters.update(
        typo=typo, when=when, when_words=when_words, fresh=fresh, day=day, day_words=day_words, hour=hour,
        number=number, euros=euros, size=size, excerpt=excerpt, quoted=quoted, upper_first=upper_first,
        words_of_address=words_of_address,
    )  # fmt: skip
    asset = assets_of(app)
    env.globals.update(
        asset=asset,
        sprite=asset("vendor/bootstrap-icons/sprite.svg"),
        strokes=strokes, pulse_strokes=pulse_of, wordmark_strokes=wordmark_strokes,
        address_if_any=address_if_any,
    )  # fmt: skip
