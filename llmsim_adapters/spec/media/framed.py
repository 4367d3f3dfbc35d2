"""Sound of any length as frames, which convolutions halve before the layers: the encoders that are conformers."""

from __future__ import annotations

from typing import NamedTuple

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.media.media import Kind, MediaItem, Sound


class Framing(NamedTuple):
    """How a signal is cut into frames, in samples: each is of a `window`, and the next one is `hop` later.

    `rate` samples are a second. Before the signal stand `lead` zeros; it is cut off after `most` samples (0: never)
    and padded to a `multiple` of samples, by as many for all sounds of a step. A frame that is only
    in part padding is heard where sounds themselves are `padded`.
    """

    window: int
    lead: int = 0
    hop: int = 160
    rate: int = 16000
    multiple: int = 1
    most: int = 0
    padded: bool = False

    def samples(self, seconds: float) -> int:
        """Return how many samples of so many seconds are heard."""
        samples = int(seconds * self.rate)
        return min(samples, self.most) if self.most else samples

    def frames(self, samples: int) -> int:
        """Return how many frames there are of the padded signal."""
        return self.heard(-(-samples // self.multiple) * self.multiple)

    def heard(self, samples: int) -> int:
        """Return how many of the frames have no padding behind the signal in them."""
        if self.padded:
            samples = -(-samples // self.multiple) * self.multiple
        return max(1, (samples + self.lead - self.window) // self.hop + 1)


class Stride(NamedTuple):
    """What a convolution does to one axis: `padding` is that of both ends together."""

    kernel: int = 3
    stride: int = 2
    padding: int = 2

    def of(self, length: int) -> int:
        """Return how many results there are of a length."""
        return max(1, (length + self.padding - self.kernel) // self.stride + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FramedSound(Sound):
    """Frames of `bins` numbers through convolutions over both; what they leave of the frames are the hidden states.

    `strides` has those of each convolution over frames and over bins; its results are the rows `convolved_1` and so on.
    Sounds of a step are padded to the longest one. A sound becomes a token of each hidden state of frames that are
    heard, or so many `tokens` whatever its length. One of `reduced` hidden states is a result (`results`). Around a
    sound stand `text` tokens. `attended`: cross attention of the language model sees the hidden states in place of
    tokens. `encoded`: another stack makes tokens of them.
    """

    framing: Framing
    bins: int
    strides: tuple[tuple[Stride, Stride], ...]
    reduced: int = 1
    tokens: int = 0
    text: int = 0
    attended: bool = False
    encoded: bool = False

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        del preprocessed
        return self._seen(kind, given, self.framing.frames(self.framing.samples(given[0])))

    def together(self, items: tuple[MediaItem, ...]) -> tuple[MediaItem, ...]:
        """Return the sounds of a step padded to the longest one."""
        longest = max(item.patches for item in items)
        return tuple([self._seen(item.kind, item.given, longest) for item in items])

    def _seen(self, kind: Kind, given: tuple[float, ...], frames: int) -> MediaItem:
        length, bins, named = frames, self.bins, []
        for number, (time, pitch) in enumerate(self.strides):
            length, bins = time.of(length), pitch.of(bins)
            named.append((f"convolved_{number + 1}", length * bins))
        seconds = self.framing.samples(given[0]) / self.framing.rate
        return MediaItem(
            kind,
            given,
            (frames, seconds),
            frames,
            length,
            0 if self.attended or self.encoded else self._tokens(self.framing.samples(given[0])),
            ((length, 1),),
            text=self.text,
            attended=length if self.attended else 0,
            named=(*named, ("results", self._results(length)), *self._beside(length)),
        )

    def _tokens(self, samples: int) -> int:
        """Return the tokens of a sound by itself."""
        if self.tokens:
            return self.tokens
        length = self.framing.heard(samples)
        for time, _ in self.strides:
            length = time.of(length)
        return self._results(length)

    def _results(self, length: int) -> int:
        """Return the results that so many hidden states become."""
        return -(-length // self.reduced)

    def _beside(self, length: int) -> tuple[tuple[str, int], ...]:
        """Return further rows, by name, that parts of the encoder run on for so many hidden states."""
        del length
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClippedSound(FramedSound):
    """Sound in clips of so many samples (`clip`), the last one shorter, of `least` samples at least.

    Each attends within itself, padded to the longest of a step. A frame that half of a clip's last window pads is run
    and becomes no token. Source: SGLang's `parakeet.py`, `ParakeetExtractor`.
    """

    clip: int
    least: int = 1

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        del preprocessed
        longest = max(self._clips(given[0]))
        return self._clipped(kind, given, self.framing.frames(longest))

    def together(self, items: tuple[MediaItem, ...]) -> tuple[MediaItem, ...]:
        longest = max(max(self._clips(item.given[0])) for item in items)
        frames = self.framing.frames(longest)
        return tuple([self._clipped(item.kind, item.given, frames) for item in items])

    def _clips(self, seconds: float) -> list[int]:
        """Return the samples of each clip."""
        whole, rest = divmod(max(self.framing.samples(seconds), self.least), self.clip)
        return [self.clip] * whole + ([max(rest, self.least)] if rest else [])

    def _clipped(self, kind: Kind, given: tuple[float, ...], frames: int) -> MediaItem:
        clips = self._clips(given[0])
        count, one = len(clips), self._seen(kind, given, frames)
        tokens = 0
        for samples in clips:
            length = samples // self.framing.hop
            for time, _ in self.strides:
                length = time.of(length)
            tokens += self._results(length)
        return one._replace(
            seen=(count, sum(clips) / self.framing.rate),
            patches=count * frames,
            rows=count * one.rows,
            tokens=tokens,
            pieces=((one.rows, count),),
            named=tuple((name, count * rows) for name, rows in one.named),
        )
