"""Rules that can't be told, and say why when media are asked for."""

from __future__ import annotations

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.media.media import Kind, Media, MediaItem, Unfit


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Media):
    """A processor's settings that its rule has no use for: any item is refused for the `reason`."""

    reason: str

    @property
    def takes(self) -> tuple[Kind, ...]:
        """All kinds, of which each item is refused for the reason."""
        return ("image", "video", "audio")

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        raise Unfit(self.reason)
