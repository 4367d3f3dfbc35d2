"""Rules of sound, from the settings of feature extractors; convolutions of sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.reading.limits import LARGEST
from llmsim_adapters.spec.components import Convolution
from llmsim_adapters.spec.media.framed import Framing
from llmsim_adapters.spec.media.sound import ChunkedSound, ConvolvedSound, WindowedSound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media


def chunked(
    whole: Reader,
    r: Reader,
    *,
    keeps: Literal["averaged", "grouped", "filled", "all", "none"],
    group: int = 1,
    cut_off: bool = False,
    text: int = 0,
) -> Media:
    """Return the rule of sound in chunks of twice as many frames as the encoder has positions.

    Settings of `WhisperFeatureExtractor`: `sampling_rate`, `hop_length`.
    """

    def made(sounds: Settings) -> Media:
        return ChunkedSound(
            rate=sounds.integer("sampling_rate", default=16000),
            hop=sounds.integer("hop_length", default=160),
            chunk=2 * int(r.size("max_source_positions")),
            cut_off=cut_off,
            group=group,
            keeps=keeps,
            text=text,
            origin=origin(sounds, "WhisperFeatureExtractor"),
        )

    return rule(whole, "audio", made)


def of_convolutions(r: Reader, name: str, usual: Sequence[int] = (), count: int | None = None) -> list[int]:
    """Read a list of a number for each convolution of an encoder, `count` of them where another list says so."""
    said, most = r.integers(name, count), LARGEST["num_convolutions"]
    numbers = usual if said is None else said
    r.check(name, len(numbers) <= most, f"has more than {most:,} entries")
    r.check(name, count is None or len(numbers) == count, "is left to its default, which has another number of entries")
    return [r.derive(f"{name}_{number}", each) for number, each in enumerate(numbers[:most])]


def convolution(taken: int, given: int, kernel: int) -> Convolution:
    """Return a convolution over frames or samples, which has a bias."""
    return Convolution(input_channels=taken, output_channels=given, kernel=(kernel,), bias=True)


def framing(sounds: Settings, *, milliseconds: float, lead: bool) -> Framing:
    """Return how the feature extractors of the Gemmas cut a signal, each frame with the sample before it.

    Settings: `sampling_rate`, `frame_length_ms`, `hop_length_ms`. In each call they cut off after 480,000 samples and
    pad to a multiple of 128. Half a frame of zeros may `lead`.
    """
    rate = sounds.integer("sampling_rate", default=16000)
    length = round(rate * sounds.number("frame_length_ms", default=milliseconds) / 1000)
    hop = max(1, round(rate * sounds.number("hop_length_ms", default=10.0) / 1000))
    before = length // 2 if lead else 0
    return Framing(length + 1, lead=before, hop=hop, rate=rate, multiple=128, most=480_000)


CONVOLVED_ROWS: Final = ("convolved_1", "convolved_2", "convolved_3", "stacked")
"""The rows of three convolutions, and of the projection behind them."""


def convolved(whole: Reader, r: Reader, *, least: int = 1, padded: bool = False) -> Media:
    """Return the rule of sound in chunks of twice `n_window` frames, which attend over `n_window_infer` of them."""

    def made(sounds: Settings) -> Media:
        return ConvolvedSound(
            rate=sounds.integer("sampling_rate", default=16000),
            hop=sounds.integer("hop_length", default=160),
            mel_bins=int(r.size("num_mel_bins")),
            chunk=2 * int(r.size("n_window")),
            span=int(r.size("n_window_infer")),
            least=least,
            padded=padded,
            origin=origin(sounds, "WhisperFeatureExtractor"),
        )

    return rule(whole, "audio", made)


def windowed(whole: Reader, r: Reader) -> Media:
    """Return the rule of sound in windows of twice `n_window` frames, of as many seconds as `chunk_length` says."""

    def made(sounds: Settings) -> Media:
        return WindowedSound(
            rate=sounds.integer("sampling_rate", default=16000),
            hop=sounds.integer("hop_length", default=160),
            longest=sounds.integer("chunk_length", default=30),
            window=2 * int(r.size("n_window")),
            origin=origin(sounds, "WhisperFeatureExtractor"),
        )

    return rule(whole, "audio", made)
