"""Sound that comes with the tokens: an encoder that runs on some frames for each token, in every step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.media.media import NEVER, Sound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.spec.media.media import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamedSound(Sound):
    """So many mel `frames` of each token, of which convolutions make `rows`, and these one result (Voxtral Realtime).

    It is added to the token's embedding. Layers attend to earlier rows, which are cached. No sound is an item of a
    schedule: its length is that of the sequence.
    """

    frames: int
    rows: int

    @property
    def takes(self) -> tuple[Kind, ...]:
        """No items."""
        return ()

    @property
    def rows_of_token(self) -> int:
        return self.rows

    def with_tokens(self, tokens: int) -> Mapping[str, int]:
        return {"patches": self.frames * tokens, "rows": self.rows * tokens, "tokens": tokens, NEVER: 0}
