"""What a source said, and what a found config carries with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.errors import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BROKEN_KINDS = frozenset({"not_json", "not_an_object", "duplicate_key", "too_deep", "too_large"})
"""Answers that mean: a `config.json` is there, and it can't be used."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a config came from.

    `source` is one of `dict`, `path`, `huggingface_cache`, `bundled`, `modelscope_cache`, `huggingface`,
    `modelscope`. `location` is a path or a URL for people. `answers` says what the sources asked before
    this one answered.
    """

    source: str
    location: str
    repo_id: str | None = None
    revision: str | None = None
    answers: tuple[Answer, ...] = ()

    @property
    def name(self) -> str:
        """The model's id where it has one, else where its config is."""
        return self.repo_id or self.location


class Sidecars(NamedTuple):
    """What is known of the files beside a config that bear on its figures.

    Attributes:
        files: those that were read, by name.
        unread: those that are there and could not be read, each with the reason.
        complete: whether every such file that is there is known.
    """

    files: Mapping[str, Mapping[str, Any]] = {}
    unread: Mapping[str, str] = {}
    complete: bool = False


NOTHING_KNOWN: Final = Sidecars()
"""Beside a config that came alone, a dictionary for instance."""


class Download(NamedTuple):
    """What a hub had: the config, the name of its file, its revision, and what is beside it."""

    config: dict[str, Any]
    file: str
    revision: str | None
    sidecars: Sidecars


class Content(NamedTuple):
    """All that a config is read from, wherever it came from."""

    data: Mapping[str, Any]
    sidecars: Sidecars = NOTHING_KNOWN


@dataclass(frozen=True, slots=True)
class RawConfig:
    """A config exactly as published, where it came from, and what is known of the files beside it."""

    data: dict[str, Any]
    provenance: Provenance
    sidecars: Sidecars = NOTHING_KNOWN

    @property
    def files(self) -> Mapping[str, Mapping[str, Any]]:
        """The files beside the config that bear on its figures, by name."""
        return self.sidecars.files

    @property
    def content(self) -> Content:
        """What it is read from."""
        return Content(self.data, self.sidecars)


class Refusal(Exception):
    """A source's answer other than a config; `find` turns it into an `Answer` and asks the next source.

    `hub` says what the refusal tells about the whole hub: `up` (it answers), `shaky` (try the next
    request alone and quickly) or `down` (don't ask again in this run).
    """

    def __init__(self, kind: str, message: str, *, hub: str = "up") -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.hub = hub

    def answer(self, source: str) -> Answer:
        """Return the refusal as what `source` said."""
        return Answer(source, self.kind, self.message)


def any_broken(answers: Sequence[Answer]) -> bool:
    """Return whether some source had a `config.json` that can't be used."""
    return any(answer.kind in BROKEN_KINDS for answer in answers)
