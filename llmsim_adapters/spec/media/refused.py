"""Rules that can't be told, and say why when media are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from llmsim_adapters.spec.media.media import Item, Kind, Media, Unfit


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Media):
    """A processor's settings that its rule has no use for: any item is refused for the `reason`."""

    takes: ClassVar[tuple[Kind, ...]] = ("image", "video", "audio")

    reason: str

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> Item:
        raise Unfit(self.reason)
