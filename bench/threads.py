"""Threads of every size and depth, and five hundred people who read one while it lives."""

import http.client
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import psycopg

from bench import server as servers
from bench.fill import CENTRES, NOW, SEED, Size, Words
from participa.comments.models import NEAR
from participa.comments.paths import step

READERS = 500
EVERY = 30.0
"""Seconds between two questions of one reader."""
WATCHED = 12.0
"""Seconds of their reading that are measured."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One thread to make: how many comments, and how many of them answer the one before, one under the other."""

    name: str
    comments: int
    chain: int
    """Length of each conversation: 1 for a thread without answers."""


SHAPES = (
    Shape("10", 10, 2),
    Shape("50", 50, 2),
    Shape("1,000", 1_000, 2),
    Shape("10,000", 10_000, 2),
    Shape("10,000, depth 200", 10_000, 200),
    Shape("10,000 answers to one", 10_000, 0),
)


@dataclass(frozen=True, slots=True)
class Thread:
    """Where one of them is read, and what in it is answered and voted on."""

    shape: Shape
    path: str
    root: int
    comments: list[int]


def make_threads(url: str, component: int, space: str, size: Size) -> list[Thread]:
    """Add a debate for each shape of thread to the database at `url`."""
    rng = random.Random(SEED)
    words = Words(rng)
    with psycopg.connect(url) as connection:
        connection.execute("SET synchronous_commit = off")
        made = [_thread(connection, shape, component, space, size, rng, words) for shape in SHAPES]
        connection.execute(
            "SELECT setval(pg_get_serial_sequence('contributions', 'id'), (SELECT max(id) FROM contributions))"
        )
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM (ANALYZE) contributions, comments")
    return made


def _thread(
    connection: psycopg.Connection,
    shape: Shape,
    component: int,
    space: str,
    size: Size,
    rng: random.Random,
    words: Words,
) -> Thread:
    (last,) = connection.execute("SELECT max(id) FROM contributions").fetchone() or (0,)
    root = last + 1
    title = f"Un débat de {shape.name} messages"
    text = (
        "INSERT INTO contributions (id, kind, component_id, author_id, about_id, title, body, html,"
        " created_at, published_at, last_activity_at, comment_count) VALUES"
        " (%s, 'debate', %s, 2, NULL, %s, '…', '<p>…</p>', %s, %s, %s, %s)"
    )
    connection.execute(text, [root, component, title, NOW, NOW, NOW, shape.comments])
    connection.execute("INSERT INTO debates (id) VALUES (%s)", [root])
    rows = list(_rows(shape, root))
    columns = (
        "id, kind, component_id, author_id, centre_id, about_id, body, html, created_at, published_at,"
        " last_activity_at"
    )
    with connection.cursor().copy(f"COPY contributions ({columns}) FROM STDIN") as copy:
        for row in rows:
            body = words.some(rng.randrange(20, 60))
            author = rng.randrange(3, size.members)
            copy.write_row(
                (
                    row.id, "comment", component, author, author % CENTRES + 1, root, body,
                    f"<p>{body}</p>\n", row.at, row.at, row.at,
                )
            )  # fmt: skip
    columns = "id, root_id, top_id, parent_id, path, depth, posted_at, reply_count, near_count"
    with connection.cursor().copy(f"COPY comments ({columns}) FROM STDIN") as copy:
        for row in rows:
            above = row.depth == 0
            near = min(row.below, row.near) if above else 0
            copy.write_row(
                (
                    row.id, root, row.top, row.parent, row.path, row.depth, row.at,
                    row.below if above else 0, near,
                )
            )  # fmt: skip
    with connection.cursor().copy("COPY branches (comment_id, below) FROM STDIN") as copy:
        for row in rows:
            if row.below:
                copy.write_row((row.id, row.below))
    return Thread(shape, f"/e/{space}/{component}/{root}", root, [row.id for row in rows])


@dataclass(slots=True)
class _Row:
    id: int
    top: int
    parent: int | None
    path: str
    depth: int
    at: object
    below: int
    near: int


def _rows(shape: Shape, root: int) -> Iterable[_Row]:
    """The comments of a thread as they were posted; a chain of 0 is one comment with all the others under it."""
    first, length = root + 1, shape.chain or shape.comments
    for n in range(shape.comments):
        number, at = first + n, NOW + timedelta(seconds=n)
        place = n % length
        top = number - place
        if shape.chain == 0:
            depth, parent, path = min(n, 1), first if n else None, step(number) if n else ""
            below = near = shape.comments - 1 if n == 0 else 0
        else:
            depth, parent = place, number - 1 if place else None
            path = "".join(step(top + deep) for deep in range(1, place + 1))
            below, near = length - 1 - place, min(NEAR, length - 1)
        yield _Row(number, top, parent, path, depth, at, below, near)


def read_live(server: servers.Server, thread: Thread, cookie: str) -> tuple[float, int, float]:
    """Let five hundred people read one thread; gives the share of a core, their questions and the median wait in ms."""
    latest = thread.comments[-1]
    path = f"/comments/{thread.root}/news?after={latest}"
    connections = [http.client.HTTPConnection("127.0.0.1", server.port) for _ in range(8)]
    headers = {"Cookie": cookie}
    connections[0].request("GET", path, headers=headers)
    answer = connections[0].getresponse()
    answer.read()
    tag = answer.getheader("ETag")
    assert answer.status == 200 and tag, f"{path}: {answer.status}"
    rng = random.Random(SEED)
    moments = sorted(rng.uniform(0, EVERY) for _ in range(READERS))
    asked = [moment for moment in moments if moment < WATCHED]
    waits = []
    before, begin = server.cpu(), time.monotonic()
    for n, moment in enumerate(asked):
        time.sleep(max(0.0, begin + moment - time.monotonic()))
        start = time.perf_counter()
        connection = connections[n % len(connections)]
        connection.request("GET", path, headers=headers | {"If-None-Match": tag})
        answer = connection.getresponse()
        answer.read()
        waits.append(time.perf_counter() - start)
        assert answer.status == 304, f"{path}: {answer.status}"
    time.sleep(max(0.0, begin + WATCHED - time.monotonic()))
    used = server.cpu() - before
    waits.sort()
    return used / WATCHED, len(asked), waits[len(waits) // 2] * 1000
