"""Files of a cache that other processes may be reading: written whole, or not at all."""

from __future__ import annotations

import os
import threading
from contextlib import suppress


def write_whole(path: str, content: bytes) -> None:
    """Write a file, and the folders that it is in.

    Raises:
        OSError: it can't be written; what was there before is there still.
    """
    os.makedirs(os.path.dirname(path), exist_ok=True)
    part = f"{path}.{os.getpid()}-{threading.get_ident()}.part"
    try:
        with open(part, "wb") as file:
            file.write(content)
        os.replace(part, path)
    except OSError:
        with suppress(OSError):
            os.unlink(part)
        raise
