"""`make bench`: fill, serve, ask, print a table, write bench/results.json."""

import argparse
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import flask_migrate
import psycopg
from flask import Flask

from bench import server as servers
from bench.deeds import TEXT, Deeds, do
from bench.fill import CURATED, CURATOR_TOKEN, MEMBER_TOKEN, SIZES, TYPED, Filled, Size, fill
from bench.threads import READERS, WATCHED, Thread, make_threads, read_live
from participa import create_app
from participa.config import Settings, psycopg_url
from participa.db import db
from participa.embedded import Cluster
from participa.observability import configure_logging
from tests.tools import counted_statements

RESULTS = Path(__file__).parent / "results.json"
CONNECTIONS = 4
ROUNDS = 3


@dataclass(slots=True)
class Row:
    """One measured page or act."""

    row: str
    size: str
    signed_in: bool
    requests_per_s: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    cpu_multiple: float
    statements: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Ask:
    """What one row asks for."""

    name: str
    path: str
    fields: dict[str, str] | None = None
    paths: tuple[str, ...] = ()
    """For an act done once each on many things."""


def asks(filled: Filled, app: Flask) -> list[Ask]:
    """The pages of the table, at the addresses they end up at."""

    def final(path: str) -> str:
        return app.test_client().get(path).headers.get("Location", path)

    listing = f"/e/{filled.space}/{filled.component}"
    orders = ("activity", "supports", "centres", "date", "comments", "follows", "random")
    return [
        Ask("home", "/"),
        Ask("space", f"/e/{filled.space}"),
        *(Ask(f"proposals, by {order}", f"{listing}?order={order}") for order in orders),
        Ask("proposals, compact", f"{listing}?order=date&view=compact"),
        Ask("proposals, by an author", f"{listing}?order=date&author=membre"),
        Ask("proposals, feed", f"{listing}/feed.atom"),
        Ask("proposals, 100 to print", f"{listing}/print?order=date"),
        Ask("proposal, 50 comments", final(f"{listing}/{filled.proposal}")),
        Ask("near this one", final(f"{listing}/{filled.beside}")),
        Ask("debate", final(f"/e/espace-1/{filled.debates}/{filled.debate}")),
        Ask("search", "/search?q=donn%C3%A9es"),
        Ask("search, rare words", "/search?q=logiciel+libre+%C3%A9cole"),
    ]


def acts(filled: Filled) -> list[Ask]:
    """What a signed-in member does."""
    return [
        Ask("support", "", {"value": "1"}, tuple(f"/vote/{id}" for id in filled.supportable)),
        Ask("similar while typing", f"/e/{filled.space}/{filled.component}/similar", TYPED),
        Ask("comment", f"/comments/{filled.debate}", {"body": "Un commentaire du banc d’essai, assez long."}),
    ]


def stories(deeds: Deeds) -> list[tuple[Ask, bool]]:
    """The pages of what happens to a proposal, and what is done to it; each with whether it is for who curates."""
    listing, one = f"/e/espace-2/{CURATED}", f"/e/espace-2/{CURATED}/{deeds.amended}"
    other = deeds.untouched[-1]
    given = {"state": str(deeds.state), "body": TEXT, "revision": "1", "latest": "0"}
    text = {"title": "Un titre assez long, que l’on préfère", "body": TEXT}
    kept = text | {"draft_form": "proposals.new", "draft_target": f"{listing}/new"}
    paths = [f"{listing}/{number}" for number in deeds.untouched[:-1]]
    half = len(paths) // 2
    amend = tuple(f"{path}/amend" for path in paths[:half])
    also = f"with={deeds.untouched[-2]}&with={deeds.untouched[-3]}"
    return [
        (Ask("proposal, to write", f"{listing}/new"), False),
        (Ask("draft, saved", "/drafts/save", kept), False),
        (Ask("amendments, 12", f"{one}/amendments"), False),
        (Ask("amendment, compared", f"{one}/amendments/{deeds.amendment}"), False),
        (Ask("amendment, to write", f"{one}/amend"), False),
        (Ask("amend", "", text | {"base": "1", "act": "publish"}, amend), False),
        (Ask("what became of it", f"{one}/history"), False),
        (Ask("versions, compared", f"{one}/versions"), False),
        (Ask("answers given", f"{listing}/{deeds.answered}/answers"), False),
        (Ask("answers, desk", f"{listing}/answers"), True),
        (Ask("answer, to write", f"{listing}/{other}/answer"), True),
        (Ask("answer", "", given, tuple(f"{path}/answer" for path in paths[half:])), True),
        (Ask("merge, to choose", f"{listing}/{other}/merge"), True),
        (Ask("merge, to write", f"{listing}/{other}/merge?{also}"), True),
        (Ask("curating: desk", "/desk"), True),
        (Ask("curating: acts", "/acts"), True),
        (Ask("curating: sort many", f"/curate/{CURATED}"), True),
        (Ask("shaping: settings", "/e/espace-2/settings"), True),
        (Ask("shaping: tool", f"/e/espace-2/components/{CURATED}/settings"), True),
        (Ask("shaping: topics", "/e/espace-2/topics"), True),
        (Ask("shaping: translation", "/e/espace-2/translation/en"), True),
        (Ask("shaping: front page", "/e/espace-2/front"), True),
        (Ask("shaping: team", "/e/espace-2/team"), True),
        (Ask("shaping: share links", "/e/espace-2/links"), True),
        (Ask("shaping: documents", "/e/espace-2/documents"), True),
    ]  # fmt: skip


def reading(thread: Thread, app: Flask) -> list[Ask]:
    """The first pages of a thread in each order, the page after, and the page of its deepest comment."""
    address = app.test_client().get(thread.path).headers.get("Location", thread.path)
    page = app.test_client().get(address).text
    following = re.search(r'href="([^"]*order=oldest&amp;after=\d+)#comments" rel="next"', page)
    name = f"thread of {thread.shape.name}"
    asked = [Ask(name, address)]
    asked += [Ask(f"{name}, {order}", f"{address}?order={order}") for order in ("discussed", "useful")]
    if following:
        asked.append(Ask(f"{name}, next page", following[1].replace("&amp;", "&")))
    return [*asked, Ask(f"{name}, its last one", f"/c/{thread.comments[-1]}")]


def writing(thread: Thread) -> list[Ask]:
    """What is done in a thread: an answer to its last comment, and a useful vote on each."""
    name, last = f"thread of {thread.shape.name}", thread.comments[-1]
    body = {"body": "Une réponse du banc d’essai, assez longue.", "parent": str(last)}
    voted = tuple(f"/vote/{number}" for number in thread.comments[:2000])
    answer = Ask(f"{name}, reply", f"/comments/{thread.root}", body)
    return [answer, *([Ask(f"{name}, vote", "", {"value": "1"}, voted)] if len(voted) > 100 else [])]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a row cost: requests a second, milliseconds of waiting and of CPU a request, and CPU against hello's."""

    requests_per_s: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    cpu_multiple: float


def measure(
    server: servers.Server, hello: servers.Server, ask: Ask, cookie: str | None, seconds: float
) -> Cost:
    """Load one row in `ROUNDS` after one to warm up, and a bare hello beside each: the machine is shared.

    What else it does slows both; the row's figures are those of its cheapest round, against hello's cheapest.
    """
    headers = {"Cookie": cookie} if cookie else {}
    share = (len(ask.paths) - 2) // (ROUNDS + 1)  # two are left to count the statements of
    rounds, bare = [], []
    for turn in range(ROUNDS + 1):
        paths = ask.paths[turn * share : (turn + 1) * share]
        bare.append(_round(hello, Ask("hello", "/"), {}, seconds / 2)[0])
        rounds.append(_round(server, replace(ask, paths=paths), headers, seconds))
    cpu, rate, p50, p99 = min(rounds[1:])
    return Cost(round(rate, 1), round(p50, 2), round(p99, 2), round(cpu, 3), round(cpu / min(bare), 1))


def _round(
    server: servers.Server, ask: Ask, headers: dict[str, str], seconds: float
) -> tuple[float, float, float, float]:
    """Milliseconds of CPU a request, requests a second, p50 and p99 in milliseconds."""
    before = server.cpu()
    if ask.fields is None and shutil.which("wrk"):
        count, *figures = _wrk(server.port, ask.path, headers, seconds)
    else:
        count, *figures = _drive(server.port, ask, headers, seconds, iter(ask.paths) if ask.paths else None)
    time.sleep(0.2)
    rate, p50, p99 = figures
    return (server.cpu() - before) * 1000 / max(count, 1), rate, p50, p99


def _wrk(port: int, path: str, headers: dict[str, str], seconds: float) -> tuple[int, float, float, float]:
    """Load one page with wrk; raises RuntimeError when an answer is not 200."""
    options = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    out = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--latency", *options, f"http://127.0.0.1:{port}{path}"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    if "Non-2xx" in out:
        raise RuntimeError(f"{path} did not answer 200")
    units = {"us": 0.001, "ms": 1.0, "s": 1000.0}

    def latency(percent: int) -> float:
        found = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", out)
        assert found, out
        return float(found[1]) * units[found[2]]

    count = re.search(r"(\d+) requests in", out)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", out)
    assert count and rate, out
    return int(count[1]), float(rate[1]), latency(50), latency(99)


def _drive(
    port: int, ask: Ask, headers: dict[str, str], seconds: float, work: Iterator[str] | None
) -> tuple[int, float, float, float]:
    """Load one address from Python threads, for acts and where wrk is absent."""
    times: list[float] = []
    problems: list[str] = []
    lock = threading.Lock()
    end = time.monotonic() + seconds
    body = urlencode(ask.fields | {"csrf_token": servers.csrf_token()}) if ask.fields is not None else None
    method = "POST" if body else "GET"
    sent = headers | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {})

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.monotonic() < end:
            with lock:
                path = next(work, None) if work else ask.path
            if path is None:
                return
            start = time.perf_counter()
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            answer.read()
            took = time.perf_counter() - start
            with lock:
                times.append(took)
                if answer.status not in (200, 302, 303) or "sign-in" in (answer.getheader("Location") or ""):
                    problems.append(f"{path}: {answer.status} {answer.getheader('Location')}")

    threads = [threading.Thread(target=client) for _ in range(CONNECTIONS)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise RuntimeError(problems[0])
    times.sort()
    return (
        len(times),
        len(times) / (time.monotonic() - begin),
        times[len(times) // 2] * 1000,
        times[int(len(times) * 0.99)] * 1000,
    )


def count(app: Flask, ask: Ask, cookie: str | None) -> tuple[int, int]:
    """Statements and bytes of one answer, asked inside this process on the same database."""
    client = app.test_client(use_cookies=False)
    headers = {"Cookie": cookie} if cookie else {}
    path = ask.paths[-1] if ask.paths else ask.path

    def once(path: str) -> int:
        if ask.fields is None:
            answer = client.get(path, headers=headers)
        else:
            answer = client.post(
                path, data=ask.fields | {"csrf_token": servers.csrf_token()}, headers=headers
            )
        assert answer.status_code in (200, 302, 303), f"{path}: {answer.status_code}"
        return len(answer.data)

    once(ask.paths[-2] if ask.paths else path)
    with counted_statements() as statements:
        size = once(path)
    return len(statements), size


def bench_size(
    cluster: Cluster, size: Size, hello: servers.Server, seconds: float, folder: Path, only: str
) -> list[Row]:
    """Fill a database of this size and measure every row on it, or those whose name has `only`."""
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS bench_{size.name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE bench_{size.name}")
    url = cluster.url(f"bench_{size.name}")
    env = servers.environment(url, folder)
    os.environ.update(env)
    settings = Settings.from_environ(env)
    configure_logging(settings)
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()
    begin = time.monotonic()
    plain = psycopg_url(url).replace("+psycopg", "")
    filled = fill(plain, size)
    threads = make_threads(plain, filled.debates, "espace-1", size)
    print(f"{size.name}: filled in {time.monotonic() - begin:.0f} s")
    cookie, curator = (servers.cookie_of(app, token) for token in (MEMBER_TOKEN, CURATOR_TOKEN))
    with app.test_request_context():
        deeds = do(filled)
        db.engine.dispose()
    postgres = cluster.process.pid if cluster.process else None
    rows: list[Row] = []
    with (
        servers.encoding(folder) as encoder,
        servers.serving("bench.apps:ceiling()", env, postgres) as server,
    ):
        server.encoder = encoder
        before = server.worker_memory()
        plan: list[tuple[Ask, str | None]] = [(Ask("one query in the frame", "/bench/ceiling"), None)]
        plan += [(ask, who) for who in (None, cookie) for ask in asks(filled, app)]
        plan += [(ask, cookie) for ask in acts(filled)]
        plan += [(ask, curator if curates else cookie) for ask, curates in stories(deeds)]
        plan += [(ask, who) for thread in threads for who in (None, cookie) for ask in reading(thread, app)]
        plan += [(ask, cookie) for thread in threads for ask in writing(thread)]
        for ask, who in [(ask, who) for ask, who in plan if only in ask.name]:
            cost = measure(server, hello, ask, who, seconds)
            statements, size_bytes = (0, 0) if "ceiling" in ask.path else count(app, ask, who)
            row = Row(
                row=ask.name,
                size=size.name,
                signed_in=who is not None,
                statements=statements,
                bytes=size_bytes,
                **asdict(cost),
            )
            rows.append(row)
            show(row)
        share, asked, wait = read_live(server, threads[1], cookie)
        print(
            f"{READERS} live readers of one thread: {100 * share:.1f} % of a core, {asked} questions"
            f" in {WATCHED:.0f} s, {wait:.2f} ms each (median)"
        )
        print(f"memory of each web worker, MB: {before} before, {server.worker_memory()} after")
    if only:
        return rows
    rows += bench_exports(filled, size, env, hello_ms=next(row.cpu_ms / row.cpu_multiple for row in rows))
    with app.app_context():
        db.engine.dispose()
    return rows


def bench_exports(filled: Filled, size: Size, env: dict[str, str], *, hello_ms: float) -> list[Row]:
    """Write the whole list into a file of each format, each in a process of its own; a request is a file."""
    rows = []
    for wanted in ("csv", "xlsx", "json"):
        command = [sys.executable, "-m", "bench.exporting", filled.space, str(filled.component), wanted]
        out = subprocess.run(command, env=os.environ | env, capture_output=True, text=True, check=True).stdout
        told = json.loads(out.splitlines()[-1])
        ms, cpu = round(told["seconds"] * 1000), round(told["cpu"] * 1000)
        row = Row(
            row=f"export {told['lines']:,} lines, {wanted}", size=size.name, signed_in=True,
            requests_per_s=round(1 / told["seconds"], 3), p50_ms=ms, p99_ms=ms, cpu_ms=cpu,
            cpu_multiple=round(cpu / hello_ms, 1), statements=told["statements"], bytes=told["bytes"],
        )  # fmt: skip
        rows.append(row)
        show(row)
        print(f"memory that writing this file added at most: {told['mb']:.0f} MB")
    return rows


def show(row: Row) -> None:
    """Print one line of the table."""
    print(
        f"{row.row:<26}{row.size:<8}{'in' if row.signed_in else 'out':<4}{row.requests_per_s:>9.1f}/s"
        f"{row.p50_ms:>9.2f}{row.p99_ms:>10.2f}{row.cpu_ms:>9.2f}{row.cpu_multiple:>8.1f}{row.statements:>6}{row.bytes:>9,}",
        flush=True,
    )


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--size", choices=[*SIZES, "all"], default="all")
    parser.add_argument("--seconds", type=float, default=2, help="how long each round of a row loads")
    parser.add_argument(
        "--only", default="", help="measure the rows whose name has these letters, and renew those alone"
    )
    options = parser.parse_args()
    sizes = list(SIZES.values()) if options.size == "all" else [SIZES[options.size]]
    with tempfile.TemporaryDirectory(prefix="pb-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        tuned = {
            "shared_buffers": "1GB",
            "max_wal_size": "4GB",
            "maintenance_work_mem": "512MB",
            "work_mem": "16MB",
        }
        with Cluster(folder, options=tuned) as cluster:
            env = servers.environment(cluster.url("postgres"), folder)
            print(f"{'':<38}requests     p50 ms    p99 ms   CPU ms  x hello  stmts   bytes")
            with servers.serving("bench.apps:hello", env, None) as hello:
                bare = measure(hello, hello, Ask("hello", "/"), None, options.seconds)
                rows = [Row(row="hello", size="-", signed_in=False, statements=0, bytes=5, **asdict(bare))]
                show(rows[0])
                for size in sizes:
                    rows += bench_size(cluster, size, hello, options.seconds, folder, options.only)
    keep(rows, among=json.loads(RESULTS.read_text()) if options.only else [])


def keep(rows: list[Row], among: list[dict[str, Any]]) -> None:
    """Write the results down, in the place of those of the same rows `among` what was measured before."""
    renewed = {(row.row, row.size, row.signed_in): asdict(row) for row in rows}
    kept = [renewed.pop((old["row"], old["size"], old["signed_in"]), old) for old in among]
    RESULTS.write_text(json.dumps(kept + list(renewed.values()), indent=1) + "\n")
    print(f"written to {RESULTS.name}")


if __name__ == "__main__":
    main()
