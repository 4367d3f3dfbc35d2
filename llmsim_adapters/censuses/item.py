"""What a census is taken of, as its sources give it: not read yet, small to send, and told apart from others."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from llmsim_adapters.errors import AdapterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from llmsim_adapters.sources import RawConfig

BLOCK: Final = 500
"""So many configs at most are worked on together, and lost together where a machine fails."""

BLOCK_BYTES: Final = 4 * 1024 * 1024
"""The same in bytes of what is sent: a block has one more config at most."""

MOST_WORKERS: Final = 1024
"""More processes than any machine has a use for."""


class CensusError(AdapterError):
    """A census can't be taken: a source or the output can't be what it is said to be."""


class Line(NamedTuple):
    """A line of text: a record as JSON, or the id of a model."""

    source: str
    number: int
    content: bytes

    @property
    def stamp(self) -> bytes:
        """What tells it from others: the same source gives the same."""
        return self.content

    @property
    def size(self) -> int:
        """About as many bytes are sent."""
        return len(self.content)


class File(NamedTuple):
    """A file of a folder, as it was when the folder was listed."""

    source: str
    path: str
    id: str
    changed: int
    length: int

    @property
    def stamp(self) -> bytes:
        """What tells it from others, and from itself before it was written anew."""
        return f"{self.id}\0{self.changed}\0{self.length}".encode(errors="replace")

    @property
    def size(self) -> int:
        """About as many bytes are sent; the file is read where it is worked on."""
        return len(self.path)


class Record(NamedTuple):
    """A row of a table: the config as it was there, text or an object, with its id and weight."""

    source: str
    number: int
    id: str | None
    config: Any
    weight: Any = None

    @property
    def stamp(self) -> bytes:
        """What tells it from others."""
        return f"{self.id}\0{self.config!r}\0{self.weight}".encode(errors="replace")

    @property
    def size(self) -> int:
        """About as many bytes are sent."""
        config = self.config
        return len(config) if isinstance(config, (str, bytes)) else 4096 if isinstance(config, Mapping) else 64


class Named(NamedTuple):
    """A model that a hub or this machine is asked for by its id, or whose config a registry has at hand."""

    source: str
    id: str
    asked: str | None
    modelscope: str | None = None
    config: RawConfig | None = None

    @property
    def stamp(self) -> bytes:
        """What tells it from others."""
        return f"{self.id}\0{self.asked}\0{self.modelscope}".encode(errors="replace")

    @property
    def size(self) -> int:
        """About as many bytes are sent."""
        return 4096 if self.config else 256


class Broken(NamedTuple):
    """What is no config, as far as can be told without having it in memory."""

    source: str
    id: str
    kind: str
    message: str

    @property
    def stamp(self) -> bytes:
        """What tells it from others."""
        return f"{self.id}\0{self.kind}\0{self.message}".encode(errors="replace")

    @property
    def size(self) -> int:
        """About as many bytes are sent."""
        return 256


Item: TypeAlias = "Line | File | Record | Named | Broken"


class Columns(NamedTuple):
    """What records call their parts; `id` None: by one of the usual names."""

    config: str = "config"
    id: str | None = None
    weight: str | None = None


IDS: Final = ("id", "modelId", "model_id", "repo_id", "name")
"""The usual names of the column that has the id, in this order."""


class Block(NamedTuple):
    """Some items in their order, and a digest of what they are."""

    number: int
    items: tuple[Item, ...]
    digest: str


def blocks(items: Iterable[Item]) -> Iterator[Block]:
    """Yield the items in blocks; the same items are always in the same ones."""
    found: list[Item] = []
    number = size = 0
    for item in items:
        found.append(item)
        size += item.size
        if len(found) >= BLOCK or size >= BLOCK_BYTES:
            yield _block(number, found)
            found, number, size = [], number + 1, 0
    if found:
        yield _block(number, found)


def _block(number: int, items: list[Item]) -> Block:
    digest = blake2b(digest_size=16)
    for item in items:
        stamp = item.stamp
        digest.update(f"{item.__class__.__name__}\0{item.source}\0{len(stamp)}\0".encode(errors="replace"))
        digest.update(stamp)
    return Block(number, tuple(items), digest.hexdigest())
