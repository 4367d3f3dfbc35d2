"""What one run knows about the hubs that it asked."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

from llmsim_adapters.sources.answer import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class _Hub:
    __slots__ = ("answered", "down", "turn")

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.answered = False
        self.down: Refusal | None = None


class HubSession:
    """The state of one run: share one among calls of `find`, from any thread.

    A hub, known by its name and address, that could not be reached is not asked again. The first request
    to each hub goes alone, so that ten workers don't wait for the same dead hub; the rest run side by side.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hubs: dict[str, _Hub] = {}

    def ask(self, hub: str, request: Callable[[bool], T]) -> T:
        """Return `request(first)`, or raise its `Refusal`, at once where `hub` is known to be down.

        `first` tells the request that nothing is known about the hub yet.
        """
        with self._lock:
            state = self._hubs.setdefault(hub, _Hub())
        if not state.answered and state.down is None:
            with state.turn:
                if not state.answered and state.down is None:
                    return self._request(state, request, True)
        if state.down is not None:
            raise Refusal(state.down.kind, f"{state.down.message} (not asked again in this run)", hub="down")
        return self._request(state, request, False)

    @staticmethod
    def _request(state: _Hub, request: Callable[[bool], T], first: bool) -> T:
        try:
            result = request(first)
        except Refusal as refusal:
            if refusal.hub == "down":
                state.down = refusal
            state.answered = refusal.hub == "up"
            raise
        state.answered = True
        return result
