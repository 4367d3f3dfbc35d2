"""Sound that is cut into chunks of one length, each padded to it: Whisper's encoder and those made of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from llmsim_adapters.spec.media.media import Kind, Media, MediaItem


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkedSound(Media):
    """Chunks of `chunk` mel frames, as those of 30 s, padded to that; a convolution of stride 2 leaves half of them.

    `WhisperFeatureExtractor` of transformers: a frame has `hop` samples of `rate` a second. What is longer is cut off
    where sound has one chunk only (`cut_off`). Of `group` hidden states of a chunk one result is made, padding too;
    `keeps` says which results are tokens: those of frames that are no padding, rounded down at both steps (`averaged`,
    Qwen2-Audio) or once (`grouped`, GLM-ASR), `all` of each chunk (Voxtral), or `none`, where cross attention of the
    language model sees the hidden states (Whisper). Around a sound stand `text` tokens.
    """

    rate: int = 16000
    hop: int = 160
    chunk: int = 3000
    cut_off: bool = False
    group: int = 1
    keeps: Literal["averaged", "grouped", "all", "none"] = "all"
    text: int = 0

    @property
    def takes(self) -> tuple[Kind, ...]:
        """Sound alone."""
        return ("audio",)

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        frames = max(1, int(given[0] * self.rate) // self.hop)
        chunks = 1 if self.cut_off else math.ceil(frames / self.chunk)
        rows = self.chunk // 2
        tokens = 0
        for index in range(chunks if self.keeps != "none" else 0):
            tokens += self._tokens(min(self.chunk, frames - index * self.chunk), rows)
        results = chunks * (rows // self.group)
        seconds = self.chunk * self.hop / self.rate
        return MediaItem(
            kind,
            given,
            (chunks, seconds),
            chunks * self.chunk,
            chunks * rows,
            tokens,
            ((rows, chunks),),
            text=self.text,
            attended=chunks * rows if self.keeps == "none" else 0,
            named=(("results", results),),
        )

    def _tokens(self, frames: int, rows: int) -> int:
        halved = (frames - 1) // 2 + 1
        if self.keeps == "averaged":
            return (halved - 2) // 2 + 1
        return rows // self.group if self.keeps == "all" else halved // self.group
