"""Sound that is cut into chunks of one length, each padded to it, as Whisper's is; and sound that becomes codes."""

from __future__ import annotations

import math
from collections import Counter
from typing import Final, Literal

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.media.media import Kind, MediaItem, Pieces, Sound


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkedSound(Sound):
    """Chunks of `chunk` mel frames, as those of 30 s, padded to that; a convolution of stride 2 leaves half of them.

    `WhisperFeatureExtractor` of transformers: a frame has `hop` samples of `rate` a second. What is longer is cut off
    where sound has one chunk only (`cut_off`). Of `group` hidden states of a chunk one result is made, padding too;
    `keeps` says which results are tokens: those of frames that are no padding, rounded down at both steps (`averaged`,
    Qwen2-Audio) or once (`grouped`, GLM-ASR), the last group filled up (`filled`, MOSS), `all` of each chunk (Voxtral),
    or `none`, where cross attention of the
    language model sees the hidden states (Whisper). Around a sound stand `text` tokens.
    """

    rate: int = 16000
    hop: int = 160
    chunk: int = 3000
    cut_off: bool = False
    group: int = 1
    keeps: Literal["averaged", "grouped", "filled", "all", "none"] = "all"
    text: int = 0

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
        if self.keeps == "filled":
            return math.ceil(halved / self.group)
        return rows // self.group if self.keeps == "all" else halved // self.group


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvolvedSound(Sound):
    """Chunks of `chunk` mel frames through three convolutions of stride 2 over time and pitch; attention over several.

    Qwen3-Omni's and Qwen3-ASR's encoders of transformers. Convolutions run over chunks that are padded to the longest
    one of a step; where sounds are `padded` to the longest one, over as many chunks of each. Hidden states are those of
    frames that are no padding, and attend within `span` frames. A sound has `least` frames.
    """

    rate: int = 16000
    hop: int = 160
    mel_bins: int
    chunk: int
    span: int
    least: int = 1
    padded: bool = False

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        frames = max(self.least, int(given[0] * self.rate) // self.hop, 1)
        whole, rest = divmod(frames, self.chunk)
        rows = whole * _eighth(self.chunk) + (_eighth(rest) if rest else 0)
        longest = max(1, self.span // self.chunk) * _eighth(self.chunk)
        full, last = divmod(rows, longest)
        pieces = [(longest, full)] if full else []
        pieces += [(last, 1)] if last else []
        count = whole + (1 if rest else 0)
        return MediaItem(
            kind,
            given,
            (count, frames * self.hop / self.rate),
            frames,
            rows,
            rows,
            tuple(sorted(pieces)),
            named=self._convolved(count, min(frames, self.chunk)),
        )

    def combined(self, items: tuple[MediaItem, ...]) -> dict[str, int]:
        """Return the rows of the convolutions over all sounds of a step."""
        chunks = [int(item.seen[0]) for item in items]
        count = len(items) * max(chunks) if self.padded else sum(chunks)
        longest = self.chunk if self.padded else min(self.chunk, max(item.patches for item in items))
        return dict(self._convolved(count, longest))

    def _convolved(self, chunks: int, frames: int) -> tuple[tuple[str, int], ...]:
        """Return the rows of each convolution, and of the projection behind them, over so many chunks of a length."""
        found = []
        time, pitch = frames, self.mel_bins
        for number in range(_CONVOLUTIONS):
            time, pitch = (time + 1) // 2, (pitch + 1) // 2
            found.append((f"convolved_{number + 1}", chunks * time * pitch))
        return (*found, ("stacked", chunks * time))


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowedSound(Sound):
    """Windows of `window` mel frames, within which hidden states attend, a half as many; two of these are one token.

    Qwen2.5-Omni's encoder of transformers. What is longer than `longest` seconds is cut off. Convolutions run over
    windows that are padded to the longest one of a step; hidden states are those of frames that are no padding.
    """

    rate: int = 16000
    hop: int = 160
    longest: int = 30
    window: int

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        frames = max(1, min(int(given[0] * self.rate), self.longest * self.rate) // self.hop)
        whole, rest = divmod(frames, self.window)
        pieces = [((self.window + 1) // 2, whole)] if whole else []
        pieces += [((rest + 1) // 2, 1)] if rest else []
        rows = sum(length * count for length, count in pieces)
        count = whole + (1 if rest else 0)
        return MediaItem(
            kind,
            given,
            (count, frames * self.hop / self.rate),
            frames,
            rows,
            max(1, ((frames - 1) // 2 + 1 - 2) // 2 + 1),
            _counted(pieces),
            named=self._convolved(count, min(frames, self.window)),
        )

    def combined(self, items: tuple[MediaItem, ...]) -> dict[str, int]:
        """Return the rows of the convolutions over all sounds of a step."""
        longest = min(self.window, max(item.patches for item in items))
        return dict(self._convolved(sum(int(item.seen[0]) for item in items), longest))

    def _convolved(self, windows: int, frames: int) -> tuple[tuple[str, int], ...]:
        return (("convolved_1", windows * frames), ("convolved_2", windows * ((frames + 1) // 2)))


_CONVOLUTIONS: Final = 3


def _eighth(frames: int) -> int:
    """Return the hidden states of so many frames behind three convolutions of stride 2."""
    for _ in range(_CONVOLUTIONS):
        frames = (frames + 1) // 2
    return frames


def _counted(pieces: list[tuple[int, int]]) -> Pieces:
    """Return pieces with those of one length together."""
    counts: Counter[int] = Counter()
    for length, count in pieces:
        counts[length] += count
    return tuple(sorted(counts.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedSound(Sound):
    """Samples of which convolutions leave one of each `strides`, rounded up; what is left is a code, and a token.

    The results of each convolution with a stride are the rows `convolved_1` and so on, those of the last one hidden
    states. Each sound runs by itself, as long as it is. Around it stand `text` tokens.
    """

    rate: int
    strides: tuple[int, ...]
    text: int = 0

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        del preprocessed
        samples = length = max(1, int(given[0] * self.rate))
        named = []
        for number, stride in enumerate(self.strides):
            length = -(-length // stride)
            named.append((f"convolved_{number + 1}", length))
        seen = (samples, samples / self.rate)
        pieces = ((length, 1),)
        return MediaItem(kind, given, seen, samples, length, length, pieces, text=self.text, named=tuple(named))
