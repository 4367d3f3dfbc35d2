"""What one run knows about the hubs that it asked."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from llmsim_adapters.sources.answer import Refusal
from llmsim_adapters.sources.deadline import TIMEOUT, Late, within

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class _Hub:
    __slots__ = ("answered", "down", "turn")

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.answered = False
        self.down: Refusal | None = None


def _late(hub: str, seconds: float) -> Refusal:
    message = (
        f"{hub} did not answer in {seconds:.3g} seconds: try again later, give it longer (`timeout`, --timeout), "
        "or set HF_HUB_OFFLINE=1 to stop asking"
    )
    return Refusal("timed_out", message, hub="down")


class HubSession:
    """The state of one run: share one among calls of `find`, from any thread.

    A hub, known by its name and address, that could not be reached is not asked again. The first request
    to each hub goes alone, so that ten workers don't wait for the same dead hub; the rest run side by side.

    Args:
        waiting: told the name and address of each hub as it is asked, in whatever thread asks it.
    """

    def __init__(self, waiting: Callable[[str], None] | None = None) -> None:
        self._lock = threading.Lock()
        self._hubs: dict[str, _Hub] = {}
        self._waiting = waiting

    def ask(self, hub: str, request: Callable[[bool], T], seconds: float = TIMEOUT) -> T:
        """Return `request(first)`, or raise its `Refusal`, at once where `hub` is known to be down.

        `first` tells the request that nothing is known about the hub yet. One that takes more than so many `seconds`
        is given up, and its hub taken to be down.
        """
        if self._waiting is not None:
            self._waiting(hub)
        with self._lock:
            state = self._hubs.setdefault(hub, _Hub())
        if not state.answered and state.down is None:
            end = time.monotonic() + seconds
            if not state.turn.acquire(timeout=seconds):
                raise _late(hub, seconds)
            try:
                if not state.answered and state.down is None:
                    return self._request(hub, state, partial(request, True), end - time.monotonic())
            finally:
                state.turn.release()
            seconds = end - time.monotonic()
        if state.down is not None:
            raise Refusal(state.down.kind, f"{state.down.message} (not asked again in this run)", hub="down")
        return self._request(hub, state, partial(request, False), seconds)

    @staticmethod
    def _request(hub: str, state: _Hub, request: Callable[[], T], seconds: float) -> T:
        try:
            result = within(seconds, request)
        except Late:
            state.down = _late(hub, seconds)
            raise state.down from None
        except Refusal as refusal:
            if refusal.hub == "down":
                state.down = refusal
            state.answered = refusal.hub == "up"
            raise
        state.answered = True
        return result
