"""How often one member may ask for what is close to their text; each web process counts for itself."""

import threading
import time
from collections.abc import Callable

BURST = 8
A_SECOND = 1.0
MOST = 10_000
"""Members remembered; beyond, all start again."""

_held: dict[int, tuple[float, float]] = {}
_lock = threading.Lock()


def may_ask(member_id: int, now: Callable[[], float] = time.monotonic) -> bool:
    """Whether a member may ask once more: eight times at once, then once a second."""
    moment = now()
    with _lock:
        if len(_held) >= MOST:
            _held.clear()
        left, at = _held.get(member_id, (BURST, moment))
        left = min(BURST, left + (moment - at) * A_SECOND)
        allowed = left >= 1
        _held[member_id] = (left - 1 if allowed else left, moment)
    return allowed
