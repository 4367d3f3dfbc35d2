"""Files that others may be reading: written whole, or not at all."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator


def write_whole(path: str, content: bytes, *, folders: bool = False) -> None:
    """Write a file, and the `folders` that it is in where they may be made; one that is there keeps its permissions.

    Raises:
        OSError: it can't be written; what was there before is there still.
    """
    if folders:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    with whole_file(path) as file:
        file.write(content)


@contextmanager
def whole_file(path: str) -> Iterator[BinaryIO]:
    """Give a file to write to, which is at the path once all is written; one that is there keeps its permissions.

    Raises:
        OSError: it can't be written; what was there before is there still.
    """
    part = f"{path}.{os.getpid()}-{threading.get_ident()}.part"
    try:
        with open(part, "wb") as file:
            yield file
        with suppress(FileNotFoundError):
            os.chmod(part, os.stat(path).st_mode & 0o777)
        os.replace(part, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(part)
        raise
