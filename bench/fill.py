"""Fills an empty database with a network of a given size, always the same for the same seed, through COPY."""

import hashlib
import json
import random
import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg

from participa import text
from participa.comments.models import NEAR
from participa.comments.paths import step
from participa.comments.scores import score
from participa.config import ROOT
from participa.proposals.models import FIRST_STATES
from participa.similarity.encoder import DIMENSION, load
from participa.similarity.models import MODEL, NEAR_INDEX
from participa.similarity.queries import MAKE_INDEX
from participa.similarity.services import gist
from participa.spaces.kinds import KINDS

SEED = 20180614
NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
CENTRES = 19
SPACES = 8
DEBATES_PER_SPACE = 5
ARGUMENTS_PER_DEBATE = 12
TYPED = {
    "title": "Ouvrir les données des transports aux habitants",
    "body": "Chaque commune publierait les horaires, les retards et les comptes de ses lignes, sous licence libre, "
    "pour que les associations et les entreprises en fassent des services utiles à tous.",
}
"""What is being typed: as close to five proposals as those of one subject are to each other."""
MEMBER_TOKEN = "bench-session"  # noqa: S105 - a session of a throw-away database
CURATOR_TOKEN = "bench-curator"  # noqa: S105 - the same
CURATOR = 2
"""The member who curates the second space, whose list of proposals takes amendments."""
CURATED = 3
"""That list."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is of everything."""

    name: str
    proposals: int
    comments: int
    votes: int
    members: int


SMALL = Size("small", 1_000, 20_000, 50_000, 2_000)
MEDIUM = Size("medium", 100_000, 1_000_000, 5_000_000, 60_000)
SIZES = {size.name: size for size in (SMALL, MEDIUM)}


@dataclass(frozen=True, slots=True)
class Filled:
    """Where the measured pages are."""

    space: str
    component: int
    proposal: int
    """A proposal with exactly fifty comments."""
    beside: int
    """Another, beside which others are near."""
    debates: int
    debate: int
    supportable: list[int]
    curated: list[int]
    """Proposals of the list that takes amendments."""


class Words:
    """Sentences made of the words of the real consultation, so that the text index has a real shape."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        lines = (ROOT / "participa" / "demo" / "opinions.jsonl").read_text(encoding="utf-8").splitlines()
        bodies = (argument["body"] for line in lines for argument in json.loads(line)["arguments"])
        self.words = [word for body in bodies for word in body.replace("\t", " ").split() if "\\" not in word]

    def some(self, count: int) -> str:
        """A run of `count` words."""
        start = self.rng.randrange(len(self.words) - count)
        return " ".join(self.words[start : start + count])


def fill(url: str, size: Size) -> Filled:
    """Fill the database at `url`, whose tables exist and are empty."""
    rng = random.Random(SEED)
    words = Words(rng)
    with psycopg.connect(url) as connection:
        connection.execute("SET synchronous_commit = off")
        _frame(connection, size)
        filled = _contributions(connection, size, rng, words)
        _index(connection)
        _embed(connection, size)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM (ANALYZE)")
    return filled


def _copy(
    connection: psycopg.Connection, table: str, columns: str, rows: Iterable[tuple[object, ...]]
) -> None:
    with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _frame(connection: psycopg.Connection, size: Size) -> None:
    connection.execute(
        "INSERT INTO network (id, name, description, languages, visitors_may_read, centre_count)"
        " VALUES (1, 'Réseau', '', '[\"fr\", \"en\"]', true, %s)",
        [CENTRES],
    )
    centres = ((n, f"Centre {n}", f"centre-{n}", "", NOW) for n in range(1, CENTRES + 1))
    _copy(connection, "centres", "id, name, slug, territory, created_at", centres)
    members = (
        (n, f"membre-{n}@exemple.fr", f"Membre {n}", "Chargée de mission", n % CENTRES + 1, NOW)
        for n in range(1, size.members + 1)
    )
    _copy(connection, "members", "id, email, name, function, centre_id, created_at", members)
    for token, member in ((MEMBER_TOKEN, 1), (CURATOR_TOKEN, CURATOR)):
        connection.execute(
            "INSERT INTO user_sessions (token_hash, member_id, created_at, last_seen_at, expires_at)"
            " VALUES (%s, %s, now(), now(), now() + interval '30 days')",
            [hashlib.sha256(token.encode()).hexdigest(), member],
        )
    accents = ["sante", "education", "economie", "urbain", "droits", "participation", "outremer", "reseau"]
    spaces = (
        (n, f"espace-{n}", "thematic", f"Espace {n}", "Résumé", accents[n - 1], "public", n, NOW, NOW)
        for n in range(1, SPACES + 1)
    )
    _copy(
        connection,
        "spaces",
        "id, slug, kind, name, summary, accent, visibility, position, created_at, published_at",
        spaces,
    )
    for n in range(1, SPACES + 1):
        for position, name in enumerate(("proposals", "debates")):
            kind = KINDS[name]
            connection.execute(
                "INSERT INTO components (id, space_id, kind, name, position, published_at, created_at, settings, rules)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    2 * n - 1 + position,
                    n,
                    name,
                    "Propositions" if name == "proposals" else "Débats",
                    position,
                    NOW,
                    NOW,
                    json.dumps(asdict(kind.open_settings) | _more(2 * n - 1 + position)),
                    json.dumps({"always": asdict(kind.open_rules)}),
                ],
            )
        for place, state in enumerate(FIRST_STATES):
            connection.execute(
                "INSERT INTO proposal_states (component_id, token, name_fr, name_en, glyph, tone, is_final,"
                " needs_reason, needs_costs, position) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [2 * n - 1, *state.values(), place],
            )
        topics = [(6 * n + t, n, f"Sujet {t}", t) for t in range(6)]
        _copy(connection, "topics", "id, space_id, name, position", topics)
        offered = ((2 * n - 1, number) for number, *_rest in topics)
        _copy(connection, "offered_topics", "component_id, topic_id", offered)
    connection.execute(
        "INSERT INTO space_roles (space_id, member_id, role, given_at) VALUES (2, %s, 'administrator', %s)",
        [CURATOR, NOW],
    )
    for table in ("centres", "members", "spaces", "components", "topics"):
        connection.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
        )


def _more(component: int) -> dict[str, bool]:
    return {"amendments_enabled": True} if component == CURATED else {}


@dataclass(slots=True)
class _Plan:
    """One proposal before it is written."""

    id: int
    component: int
    author: int
    at: datetime
    comments: list[int]
    """Ids of its comments."""
    voters: range
    last: datetime


def _contributions(connection: psycopg.Connection, size: Size, rng: random.Random, words: Words) -> Filled:
    proposals = _plan(size, rng)
    special = proposals[SPACES * 3]
    debates = [
        (size.proposals + size.comments + 1 + n, 2 * (n // DEBATES_PER_SPACE + 1))
        for n in range(SPACES * DEBATES_PER_SPACE)
    ]
    columns = (
        "id, kind, component_id, author_id, centre_id, about_id, title, body, html, created_at, published_at,"
        " last_activity_at, comment_count, support_count, centre_count"
    )
    _copy(connection, "contributions", columns, _proposal_rows(proposals, size, words))
    _copy(
        connection, "proposals", "id, topic_id", ((p.id, 3 * (p.component + 1) + p.id % 6) for p in proposals)
    )
    comment_rows = list(_comment_rows(proposals, size, rng))
    useful = {row.id: row.useful for row in comment_rows if row.useful}
    _copy(connection, "contributions", columns, (row.contribution(words) for row in comment_rows))
    _copy(
        connection,
        "comments",
        "id, root_id, top_id, parent_id, path, depth, position, score, posted_at, reply_count, near_count",
        (row.comment() for row in comment_rows),
    )
    _copy(
        connection,
        "branches",
        "comment_id, below",
        ((row.id, row.replies) for row in comment_rows if row.replies),
    )
    _copy(connection, "stances", "root_id, position, n", _stance_rows(comment_rows))
    _copy(connection, "contributions", columns, _debate_rows(debates, size, rng, words))
    half = ARGUMENTS_PER_DEBATE // 2
    _copy(
        connection,
        "debates",
        "id, starts_at, for_count, contra_count",
        ((id, NOW - timedelta(days=20), half, half) for id, _component in debates),
    )
    first = debates[-1][0] + 1
    arguments = [
        (first + n * ARGUMENTS_PER_DEBATE + k, id, component, 1 if k % 2 else -1)
        for n, (id, component) in enumerate(debates)
        for k in range(ARGUMENTS_PER_DEBATE)
    ]
    _copy(
        connection,
        "contributions",
        columns,
        (
            (
                id,
                "argument",
                component,
                *_person(rng, size),
                debate,
                None,
                body,
                f"<p>{body}</p>\n",
                NOW,
                NOW,
                NOW,
                0,
                0,
                0,
            )
            for id, debate, component, _side in arguments
            for body in [words.some(20)[:280]]
        ),
    )
    _copy(
        connection,
        "arguments",
        "id, debate_id, side",
        ((id, debate, side) for id, debate, _c, side in arguments),
    )
    _copy(
        connection,
        "votes",
        "contribution_id, voter_id, value, centre_id, cast_at",
        _vote_rows(proposals, useful, size),
    )
    _copy(connection, "tallies", "contribution_id, centre_id, value, n", _tally_rows(proposals))
    _copy(
        connection,
        "participations",
        "about_id, centre_id, component_id, n, last_at",
        _participation_rows(proposals, comment_rows, size),
    )
    connection.execute(
        "SELECT setval(pg_get_serial_sequence('contributions', 'id'), (SELECT max(id) FROM contributions))"
    )
    open_to = [p.id for p in proposals if 1 not in p.voters and p.author != 1][:4000]
    return Filled(
        space=f"espace-{(special.component + 1) // 2}",
        component=special.component,
        proposal=special.id,
        beside=special.id + SPACES,
        debates=debates[0][1],
        debate=debates[0][0],
        supportable=open_to,
        curated=[p.id for p in proposals if p.component == CURATED and CURATOR not in (p.author, *p.voters)][
            :1000
        ],
    )


def _share(total: int, weights: list[float], most: int) -> list[int]:
    """Share `total` out in proportion to `weights`, none getting more than `most`, to the last one."""
    whole = sum(weights)
    shares = [min(most, int(total * weight / whole)) for weight in weights]
    left = total - sum(shares)
    while left:
        before = left
        for n, share in enumerate(shares):
            if left and share < most:
                shares[n] += 1
                left -= 1
        assert left < before, "more to share out than there is room for"
    return shares


def _plan(size: Size, rng: random.Random) -> list[_Plan]:
    """Share comments and votes out unevenly: a few proposals get many, most get some."""
    weights = [rng.paretovariate(1.4) for _ in range(size.proposals)]
    comments = _share(size.comments - 50, weights, 2_000)
    votes = _share(size.votes, weights, size.members // 2)
    special = SPACES * 3
    comments[(special + 1) % size.proposals] += comments[special]
    comments[special] = 50
    plans: list[_Plan] = []
    next_comment = size.proposals + 1
    for n, (commented, voted) in enumerate(zip(comments, votes, strict=True)):
        start = rng.randrange(2, size.members - voted + 1)
        at = NOW - timedelta(minutes=rng.randrange(60, 60 * 24 * 700))
        plans.append(
            _Plan(
                id=n + 1,
                component=2 * (n % SPACES) + 1,
                author=rng.randrange(2, size.members),
                at=at,
                comments=list(range(next_comment, next_comment + commented)),
                voters=range(start, start + voted),
                last=at + timedelta(minutes=commented),
            )
        )
        next_comment += commented
    return plans


def _useful_voters(comment: int, count: int, size: Size) -> list[int]:
    return [(comment * 31 + n) % (size.members - 2) + 2 for n in range(count)]


def _person(rng: random.Random, size: Size) -> tuple[int, int]:
    member = rng.randrange(2, size.members)
    return member, member % CENTRES + 1


def _centre_count(voters: range) -> int:
    return min(CENTRES, len(voters))


def _proposal_rows(plans: list[_Plan], size: Size, words: Words) -> Iterator[tuple[object, ...]]:
    for plan in plans:
        title = f"{words.some(9)[:120]} {plan.id}"
        body = "\n\n".join(words.some(60) for _ in range(2))
        yield (
            plan.id, "proposal", plan.component, plan.author, plan.author % CENTRES + 1, None, title, body,
            text.to_html(body) if size is SMALL else f"<p>{body}</p>\n".replace("\n\n", "</p>\n<p>"),
            plan.at, plan.at, plan.last, len(plan.comments), len(plan.voters), _centre_count(plan.voters),
        )  # fmt: skip


@dataclass(slots=True)
class _Comment:
    id: int
    root: int
    component: int
    author: int
    top: int
    parent: int | None
    path: str
    depth: int
    position: int | None
    at: datetime
    useful: int
    replies: int = 0
    near: int = 0

    def contribution(self, words: Words) -> tuple[object, ...]:
        body = words.some(30)
        return (
            self.id, "comment", self.component, self.author, self.author % CENTRES + 1, self.root, None, body,
            f"<p>{body}</p>\n", self.at, self.at, self.at, 0, self.useful, 0,
        )  # fmt: skip

    def comment(self) -> tuple[object, ...]:
        return (
            self.id, self.root, self.top, self.parent, self.path, self.depth, self.position,
            score(self.useful, 0), self.at, 0 if self.depth else self.replies, self.near,
        )  # fmt: skip


def _comment_rows(plans: list[_Plan], size: Size, rng: random.Random) -> Iterator[_Comment]:
    """Half of the comments at top level, the others answers to an earlier one of the same thread."""
    for plan in plans:
        thread: list[_Comment] = []
        for n, id in enumerate(plan.comments):
            parent = rng.choice(thread[-8:]) if thread and rng.random() < 0.5 else None
            author, _centre = _person(rng, size)
            made = _Comment(
                id=id,
                root=plan.id,
                component=plan.component,
                author=author,
                top=parent.top if parent else id,
                parent=parent.id if parent else None,
                path=parent.path + step(id) if parent else "",
                depth=parent.depth + 1 if parent else 0,
                position=None if parent else rng.choice((1, 1, 0, -1)),
                at=plan.at + timedelta(minutes=n, seconds=1),
                useful=rng.choice((0, 0, 0, 1, 2)),
            )
            ancestor = parent
            while ancestor is not None:
                ancestor.replies += 1
                ancestor.near += ancestor.depth == 0 and made.depth <= NEAR
                ancestor = (
                    next((c for c in reversed(thread) if c.id == ancestor.parent), None)
                    if ancestor.parent
                    else None
                )
            thread.append(made)
        yield from thread


def _stance_rows(comments: list[_Comment]) -> Iterator[tuple[object, ...]]:
    counted = Counter(
        (comment.root, comment.position) for comment in comments if comment.position is not None
    )
    for (root, position), n in counted.items():
        yield root, position, n


def _debate_rows(
    debates: list[tuple[int, int]], size: Size, rng: random.Random, words: Words
) -> Iterator[tuple[object, ...]]:
    for n, (id, component) in enumerate(debates):
        at = NOW - timedelta(hours=n)
        body = words.some(50)
        yield (
            id, "debate", component, *_person(rng, size), None, f"Faut-il {words.some(7)[:100]} ?", body,
            f"<p>{body}</p>\n", at, at, at, 0, 0, 0,
        )  # fmt: skip


def _vote_rows(plans: list[_Plan], useful: dict[int, int], size: Size) -> Iterator[tuple[object, ...]]:
    for plan in plans:
        for voter in plan.voters:
            yield plan.id, voter, 1, voter % CENTRES + 1, plan.at
    for comment, count in useful.items():
        for voter in _useful_voters(comment, count, size):
            yield comment, voter, 1, voter % CENTRES + 1, NOW


def _by_centre(voters: range) -> dict[int, int]:
    whole, rest = divmod(len(voters), CENTRES)
    return {
        centre: n
        for centre in range(1, CENTRES + 1)
        if (n := whole + ((centre - 1 - voters.start) % CENTRES < rest))
    }


def _tally_rows(plans: list[_Plan]) -> Iterator[tuple[object, ...]]:
    for plan in plans:
        for centre, n in _by_centre(plan.voters).items():
            yield plan.id, centre, 1, n


def _participation_rows(
    plans: list[_Plan], comments: list[_Comment], size: Size
) -> Iterator[tuple[object, ...]]:
    counts: dict[int, dict[int, int]] = {plan.id: _by_centre(plan.voters) for plan in plans}
    for comment in comments:
        centre = comment.author % CENTRES + 1
        counts[comment.root][centre] = counts[comment.root].get(centre, 0) + 1
        for voter in _useful_voters(comment.id, comment.useful, size):
            counts[comment.root][voter % CENTRES + 1] = counts[comment.root].get(voter % CENTRES + 1, 0) + 1
    for plan in plans:
        for centre, n in counts[plan.id].items():
            yield plan.id, centre, plan.component, n, plan.last


def _index(connection: psycopg.Connection) -> None:
    """Index the words of everything exactly as publishing does."""
    connection.execute(
        """
        INSERT INTO search_documents (contribution_id, component_id, language, published_at, vector)
        SELECT id, component_id, 'fr', published_at,
          setweight(to_tsvector('french', fold(coalesce(title, ''))), 'A')
          || setweight(to_tsvector('simple', fold(coalesce(title, ''))), 'A')
          || setweight(to_tsvector('french', fold(body)), 'B') || setweight(to_tsvector('simple', fold(body)), 'B')
        FROM contributions
        """
    )


def _embed(connection: psycopg.Connection, size: Size, subjects: int = 500) -> None:
    """Give each proposal a vector: that of one of some subjects, and as much of its own."""
    connection.execute(f"DROP INDEX IF EXISTS {NEAR_INDEX}")
    rng = np.random.default_rng(SEED)
    centres = rng.standard_normal((subjects, DIMENSION))
    typed = np.frombuffer(load()(gist(TYPED["title"], TYPED["body"])), "<f4") * DIMENSION**0.5
    connection.execute("CREATE TEMPORARY TABLE made (id bigint, vector real[]) ON COMMIT DROP")
    head = np.array(
        [1, 0, 700, DIMENSION, 1], ">i4"
    ).tobytes()  # one dimension, no null, real, its length, from 1
    with connection.cursor().copy("COPY made FROM STDIN (FORMAT binary)") as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for number in range(1, size.proposals + 1):
            subject = typed if number <= 5 else centres[number * 7919 % subjects]
            vector = subject + 0.8 * rng.standard_normal(DIMENSION)
            items = np.empty(DIMENSION, [("size", ">i4"), ("value", ">f4")])
            items["size"], items["value"] = 4, vector / np.linalg.norm(vector)
            array = head + items.tobytes()
            copy.write(struct.pack(">hiqi", 2, 8, number, len(array)) + array)
        copy.write(struct.pack(">h", -1))
    connection.execute(
        "INSERT INTO embeddings (contribution_id, model, text_at, vector)"
        " SELECT id, %s, published_at, vector FROM made JOIN contributions USING (id)",
        [MODEL],
    )
    connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
    connection.execute(MAKE_INDEX)
