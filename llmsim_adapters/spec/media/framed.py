"""Sound of any length as frames, which convolutions halve before the layers: the encoders that are conformers."""

from __future__ import annotations

from typing import NamedTuple

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.media.media import Kind, MediaItem, Pieces, Sound, Unfit


class Framing(NamedTuple):
    """How a signal is cut into frames, in samples: each is of a `window`, and the next one is `hop` later.

    `rate` samples are a second. Before the signal stand `lead` zeros; it is cut off after `most` samples (0: never)
    and padded to a `multiple` of samples, by as many for all sounds of a step. A frame that is only
    in part padding is heard where sounds themselves are `padded`. A signal, or what chunks leave of one, has at `least`
    so many samples.
    """

    window: int
    lead: int = 0
    hop: int = 160
    rate: int = 16000
    multiple: int = 1
    most: int = 0
    padded: bool = False
    least: int = 0

    def samples(self, seconds: float) -> int:
        """Return how many samples of so many seconds are heard."""
        samples = max(int(seconds * self.rate), self.least)
        return min(samples, self.most) if self.most else samples

    def frames(self, samples: int) -> int:
        """Return how many frames there are of the padded signal."""
        return self.heard(-(-samples // self.multiple) * self.multiple)

    def heard(self, samples: int) -> int:
        """Return how many of the frames have no padding behind the signal in them."""
        if self.padded:
            samples = -(-samples // self.multiple) * self.multiple
        return self.within(samples)

    def within(self, samples: int) -> int:
        """Return how many frames so many samples have, and what stands before them."""
        return max(1, (samples + self.lead - self.window) // self.hop + 1)


class Stride(NamedTuple):
    """What a convolution does to one axis: `padding` is that of both ends together."""

    kernel: int = 3
    stride: int = 2
    padding: int = 2

    def of(self, length: int) -> int:
        """Return how many results there are of a length."""
        return max(1, (length + self.padding - self.kernel) // self.stride + 1)


def over_frames(*strides: Stride) -> tuple[tuple[Stride, Stride], ...]:
    """Return the strides of convolutions over frames alone, which leave the bins as they are."""
    return tuple([(stride, Stride(1, 1, 0)) for stride in strides])


@dataclass(frozen=True, slots=True, kw_only=True)
class FramedSound(Sound):
    """Frames of `bins` numbers through convolutions over both; what they leave of the frames are the hidden states.

    `strides` has those of each convolution over frames and over bins; its results are the rows `convolved_1` and so on.
    Sounds of a step are padded to the longest one. A sound becomes a token of each hidden state of frames that are
    heard, or so many `tokens` whatever its length. One of `reduced` hidden states is a result (`results`). Around a
    sound stand `text` tokens. The last hidden states, where they are fewer, become none if they are `cut`, and a sound
    that becomes no token is refused. Hidden states attend within so many as `span` says (0: all of a chunk).
    `attended`: cross attention of the language model sees the hidden states in place of tokens. `encoded`: another
    stack makes tokens of them. What is longer than a `chunk` of so many samples (0: never) is cut into chunks, each of
    which is padded, and attends, as a sound by itself. What is longer than `longest` samples (0: never) is refused, for
    what is done with it (`beyond`). The last `unheard` frames of a signal make no token. `further` names further rows:
    of each sound so many times its hidden states, and so many more.
    """

    framing: Framing
    bins: int
    strides: tuple[tuple[Stride, Stride], ...]
    reduced: int = 1
    cut: bool = False
    span: int = 0
    tokens: int = 0
    text: int = 0
    attended: bool = False
    encoded: bool = False
    chunk: int = 0
    longest: int = 0
    beyond: str = ""
    unheard: int = 0
    further: tuple[tuple[str, int, int], ...] = ()

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        del preprocessed
        samples = self.framing.samples(given[0])
        if self.longest and samples > self.longest:
            message = f"sound of more than {self.longest / self.framing.rate:g} s {self.beyond}"
            raise Unfit(message)
        item = self._seen(kind, given, self._frames(given))
        if self.cut and not item.tokens:
            message = "a sound so short becomes no token"
            raise Unfit(message)
        return item

    def together(self, items: tuple[MediaItem, ...]) -> tuple[MediaItem, ...]:
        """Return the sounds of a step padded to the longest one."""
        longest = max(self._frames(item.given) for item in items)
        return tuple([self._seen(item.kind, item.given, longest) for item in items])

    def _chunks(self, given: tuple[float, ...]) -> list[int]:
        """Return the samples of each chunk of a sound, the longest first."""
        samples = self.framing.samples(given[0])
        if not self.chunk or samples <= self.chunk:
            return [samples]
        whole, rest = divmod(samples, self.chunk)
        return [self.chunk] * whole + [max(rest, self.framing.least)] * (rest > 0)

    def _frames(self, given: tuple[float, ...]) -> int:
        """Return the frames of each chunk of a sound by itself, that of the longest; no more than a whole chunk has."""
        frames = self.framing.frames(self._chunks(given)[0])
        return min(frames, self.framing.within(self.chunk)) if self.chunk else frames

    def _seen(self, kind: Kind, given: tuple[float, ...], frames: int) -> MediaItem:
        chunks = self._chunks(given)
        length, bins, count, named = frames, self.bins, len(chunks), []
        for number, (time, pitch) in enumerate(self.strides):
            length, bins = time.of(length), pitch.of(bins)
            named.append((f"convolved_{number + 1}", count * length * bins))
        return MediaItem(
            kind,
            given,
            (count * frames, sum(chunks) / self.framing.rate),
            count * frames,
            count * length,
            0 if self.attended or self.encoded else self.tokens or sum(map(self._tokens, chunks)),
            self._pieces(length, count),
            text=self.text,
            attended=count * length if self.attended else 0,
            named=(*named, ("results", count * self._results(length)), *self._further(length, count)),
        )

    def _tokens(self, samples: int) -> int:
        """Return the tokens of a chunk by itself."""
        length = max(1, self.framing.heard(samples) - self.unheard)
        for time, _ in self.strides:
            length = time.of(length)
        return self._results(length)

    def _results(self, length: int) -> int:
        """Return the results that so many hidden states become."""
        return length // self.reduced if self.cut else -(-length // self.reduced)

    def _pieces(self, length: int, count: int) -> Pieces:
        """Return the sequences that attend within themselves of so many chunks of a length."""
        whole, rest = divmod(length, self.span) if self.span else (0, length)
        return tuple([(size, number) for size, number in ((rest, count), (self.span, count * whole)) if size * number])

    def _further(self, length: int, count: int) -> list[tuple[str, int]]:
        """Return further rows, by name, that parts of the encoder run on for so many chunks of a length."""
        return [(name, count * (times * length + more)) for name, times, more in self.further]
