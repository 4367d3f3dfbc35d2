"""A progress bar for the clients' downloads that shows nothing and stops what is too large for a config."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llmsim_adapters.sources.reading import MAX_CONFIG_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable


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
