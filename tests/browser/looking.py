"""Looking at a page as a machine can: what axe finds, what sticks out, what the console says."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import AXE, Live, Visitor
from tests.browser.world import Stop, endpoints, make_world

AXE_RUN = """async () => (await axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
  preload: false, // it would try inline styles, which our policy refuses
})).violations.flatMap(v => v.nodes.map(n =>
  `${v.id}: ${n.html.slice(0, 160)} (${n.failureSummary.split("\\n")[1]})`))"""
WIDER = """() => document.documentElement.scrollWidth > document.documentElement.clientWidth
  ? [`wider than ${innerWidth} px: ` + [...document.querySelectorAll("body *")]
      .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
      .slice(-1).map(e => e.outerHTML.slice(0, 160))]
  : []"""
FILL = """([selector, values]) => {
  for (const [field, value] of Object.entries(values)) document.querySelector(field).value = value;
  const target = document.querySelector(selector);
  const form = target.form ?? target;
  form.noValidate = true;
  form.requestSubmit(target === form ? form.querySelector("[type=submit]") : target);
}"""


def walk(live: Live, visit: Visitor, *, width: int, dark: bool) -> None:
    """Open every kind of page as whoever may, in each state, and find nothing wrong with any of them."""
    world = make_world(live)
    windows: dict[str, Page] = {}
    said: list[str] = []
    faults: list[str] = []
    seen: set[str] = set()
    for stop in world.stops:
        if stop.reader not in windows:
            windows[stop.reader] = page = visit(world.people[stop.reader], width=width, dark=dark)
            live.session.commit()  # who visits was read; a walk takes longer than a transaction may stay idle
            page.context.add_init_script(path=AXE)
            page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page = windows[stop.reader]
        said.clear()
        status = go(page, stop)
        found = [] if status == stop.status else [f"answered {status} instead of {stop.status}"]
        found += page.evaluate(AXE_RUN)
        found += sticking_out(page, width)
        found += [text for text in said if f"status of {stop.status}" not in text]
        faults += [f"{stop}: {fault}" for fault in found]
        if not stop.send and stop.status == 200:
            seen |= {
                endpoint_of(live, stop.address),
                endpoint_of(live, page.url),
            }  # what leads elsewhere was asked too
    assert not faults, "\n".join([f"{len(faults)} faults", *faults])
    missed = endpoints(live.app) - seen
    assert not missed, f"pages that nobody looked at: {sorted(missed)}"


def go(page: Page, stop: Stop) -> int:
    """Open the page, send its form where asked to, and give the status of the answer."""
    answer = page.goto(stop.address)
    if stop.send:
        with page.expect_navigation() as navigation:
            page.evaluate(FILL, [stop.send, dict(stop.fill)])
        answer = navigation.value
    assert answer is not None
    return answer.status


def sticking_out(page: Page, width: int) -> list[Any]:
    """What makes the page scroll sideways; on a phone, at 320 px too."""
    found: list[Any] = page.evaluate(WIDER)
    if width < 400:
        page.set_viewport_size({"width": 320, "height": 900})
        found += page.evaluate(WIDER)
        page.set_viewport_size({"width": width, "height": 900})
    return found


def endpoint_of(live: Live, address: str) -> str:
    """Which kind of page is at an address."""
    path = address.removeprefix(live.address).partition("?")[0].partition("#")[0]
    endpoint, _arguments = live.app.url_map.bind("localhost").match(path)
    return str(endpoint)
