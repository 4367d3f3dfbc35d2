"""Keeps what the hubs' clients log away from the user's terminal: what happened is said by the answer of the source."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterator

_CLIENTS: Final = ("huggingface_hub", "modelscope_hub", "urllib3", "filelock")
_here = threading.local()


def _others(record: logging.LogRecord) -> bool:
    """Whether a record is of somebody else's request."""
    del record
    return not getattr(_here, "ours", False)


@contextmanager
def quiet() -> Iterator[None]:
    """Log nothing of this thread's requests while the block runs, of clients that were told to `hush`."""
    _here.ours = True
    try:
        yield
    finally:
        _here.ours = False


def hush() -> None:
    """Let the clients that are imported heed `quiet`."""
    import logging  # which no answer without a hub needs

    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in _CLIENTS:
            logging.getLogger(name).addFilter(_others)  # one that is there is not added again
