"""One racing member: supports, takes back, comments, as fast as the server answers; prints what was acknowledged.

Run as a process of its own: racer.py ADDRESS EMAIL PASSWORD SECONDS SEED PATH… (paths of proposals).
"""

import http.client
import http.cookiejar
import json
import random
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any


class SameResponse(urllib.request.HTTPErrorProcessor):
    """Take every answer as it is: no redirect followed, no error raised."""

    def http_response(self, request: Any, response: Any) -> Any:
        """Give the answer back."""
        return response

    https_response = http_response


class Racer:
    """A signed-in browser without eyes."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), SameResponse
        )
        self.csrf = ""

    def ask(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, str]:
        """The status, text and Location of one request; status 0 when the server was not there."""
        body = (
            urllib.parse.urlencode(fields | {"csrf_token": self.csrf}).encode()
            if fields is not None
            else None
        )
        request = urllib.request.Request(self.address + path, body, {"Referer": self.address + "/"})
        try:
            with self.opener.open(request, timeout=30) as answer:
                return (
                    answer.status,
                    answer.read().decode("utf-8", "replace"),
                    answer.headers.get("Location") or "",
                )
        except (OSError, http.client.HTTPException):
            return 0, "", ""

    def sign_in(self, email: str, password: str) -> None:
        """Sign in, again while the server is away; any other answer than a page is an error."""
        for _ in range(60):
            status = self.read_token("/sign-in")
            if status == 200:
                status, _page, _location = self.ask("/sign-in", {"email": email, "password": password})
            if status in (302, 303):  # also when the answer to an earlier try was lost
                status = self.read_token("/account")
                if status == 200:
                    return
            if status not in (0, 302, 503):
                break
            time.sleep(0.5)
        raise SystemExit(f"{email} could not sign in: {status}")

    def read_token(self, path: str) -> int:
        """Keep the proof of origin that the forms of a page carry."""
        status, page, _location = self.ask(path)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        if found:
            self.csrf = found[1]
        return status


def main(address: str, email: str, password: str, seconds: float, seed: int, paths: list[str]) -> None:
    """Race until the time is over, then print one JSON object."""
    rng = random.Random(seed)
    racer = Racer(address)
    racer.sign_in(email, password)
    ids = [path.rsplit("/", 1)[1] for path in paths]
    supports: dict[str, str | None] = {}
    comments: list[str] = []
    statuses: dict[int, int] = {}
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end:
        target = rng.choice(ids)
        act = rng.random()
        if act < 0.75:
            value = "1" if act < 0.45 else "none"
            status, _page, location = racer.ask(f"/vote/{target}", {"value": value})
            acknowledged = status in (302, 303) and "sign-in" not in location
            supports[target] = value if acknowledged else None  # None: unknown, the answer was lost
        else:
            number += 1
            words = f"Message {seed}-{number} d’une course, pour compter juste."
            status, _page, location = racer.ask(f"/comments/{target}", {"body": words, "position": "0"})
            if status in (302, 303) and "sign-in" not in location:
                comments.append(words)
        statuses[status] = statuses.get(status, 0) + 1
    print(json.dumps({"email": email, "supports": supports, "comments": comments, "statuses": statuses}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]), int(sys.argv[5]), sys.argv[6:])
