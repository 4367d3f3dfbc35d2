"""What is too large for a config is stopped: by a progress bar that shows nothing, or as it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llmsim_adapters.sources.reading import MAX_CONFIG_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def limited(bar: type[Any], stop: Callable[[int], Exception]) -> type[Any]:
    """Return a silent kind of `bar`, a `tqdm`, that raises `stop(bytes)` beyond `MAX_CONFIG_BYTES`.

    Both clients tell their bar the announced size before, and each piece after, they receive it; and
    neither has another way to bound a download.
    """

    class LimitedBar(bar):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.pop("name", None)  # an extra of huggingface_hub's own bar
            kwargs["disable"] = True
            super().__init__(*args, **kwargs)
            self.received = kwargs.get("initial") or 0
            _check(kwargs.get("total") or 0)

        def update(self, n: float | None = 1) -> None:
            self.received += n or 0
            _check(self.received)

    def _check(size: float) -> None:
        if size > MAX_CONFIG_BYTES:
            raise stop(int(size))

    return LimitedBar


class Bounded:
    """A raw answer that raises `stop(bytes)` once more than `MAX_CONFIG_BYTES` were read of it."""

    def __init__(self, raw: Any, stop: Callable[[int], Exception]) -> None:
        self._raw = raw
        self._stop = stop
        self._received = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._raw, name)
        if name not in ("read", "read1"):
            return found
        return lambda *args, **kwargs: self._counted(found(*args, **kwargs))

    def stream(self, *args: Any, **kwargs: Any) -> Iterator[bytes]:
        """Yield the pieces of the answer."""
        for piece in self._raw.stream(*args, **kwargs):
            yield self._counted(piece)

    def _counted(self, piece: bytes) -> bytes:
        self._received += len(piece)
        if self._received > MAX_CONFIG_BYTES:
            raise self._stop(self._received)
        return piece
