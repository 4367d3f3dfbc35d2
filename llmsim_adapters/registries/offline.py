"""The configs of registry rows that this package has offline: published, derived from those, or a class's defaults."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from llmsim_adapters.sources import Provenance, RawConfig
from llmsim_adapters.sources.answer import Refusal
from llmsim_adapters.sources.bundled import find_bundled
from llmsim_adapters.sources.reading import read_config
from llmsim_adapters.sources.source_id import check_repo_id

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS: Final = ("published", "derived", "class_default")


class Offline(BaseModel):
    """Where a row's config is taken from without any request.

    Attributes:
        kind: `published`: a file's facts; `derived`: the engine makes it of such a file; `class_default`: what a
            configuration class says without being told anything, so that its sizes are no published model's.
        of: the bundled model, or the configuration class.
        part: the part of the file that it is.
        under: the key under which the file stands in it, of a model that has more than that language model.
        keys: what is set otherwise than there.
        how: why it may be taken for the architecture's.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["published", "derived", "class_default"]
    of: str
    part: str | None = None
    under: str | None = None
    keys: dict[str, Any] = {}
    how: str | None = None

    @property
    def said(self) -> str:
        """Where it comes from, in one line."""
        if self.kind == "published":
            return self.of
        base = f"the defaults of {self.of.rpartition('.')[2]}" if self.kind == "class_default" else self.of
        return base + (f": {self.how}" if self.how else "")

    def config(self, architecture: str) -> RawConfig | None:
        """Return the config; None where this package has none of that name."""
        found = class_defaults().get(self.of) if self.kind == "class_default" else _bundled(self.of)
        if found is not None and self.part is not None:
            found = found.get(self.part)
        if not isinstance(found, dict):
            return None
        if self.under is not None:
            found = {self.under: {key: value for key, value in found.items() if key != "architectures"}}
        data = found if self.kind == "published" else {**found, "architectures": [architecture], **self.keys}
        repo_id = self.of if self.kind == "published" else None
        return RawConfig(data, Provenance(self.source, self.said, repo_id))

    @property
    def source(self) -> str:
        """The word that a provenance has for it."""
        return "bundled" if self.kind == "published" else self.kind


@cache
def class_defaults() -> Mapping[str, dict[str, Any]]:
    """Return the configs of the configuration classes, by their paths."""
    text = files("llmsim_adapters.registries").joinpath("class_defaults.json").read_text(encoding="utf-8")
    return dict(json.loads(text)["classes"])


def _bundled(repo_id: str) -> dict[str, Any] | None:
    try:
        check_repo_id(repo_id)
    except Refusal:
        return None
    found = find_bundled(repo_id)
    return None if found is None else read_config(found[0])
