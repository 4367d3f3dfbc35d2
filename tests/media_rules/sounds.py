"""Rules of sounds: how many tokens so many samples at 16 kHz become."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def halved(length: int, times: int) -> int:
    """Return a length after convolutions of stride 2 that keep a begun step."""
    for _ in range(times):
        length = (length + 1) // 2
    return length


def mel(samples: int) -> int:
    """Frames of 10 ms at 16 kHz (Whisper's extractor)."""
    return samples // 160


def kaldi(samples: int) -> int:
    """Frames of 25 ms that are whole, each 10 ms."""
    return max(0, (samples - 400) // 160 + 1)


def pooled_twice(samples: int) -> int:
    """A convolution of stride 2 and a pool of two whole steps (Qwen2-Audio)."""
    return halved(mel(samples), 1) // 2


def of_chunks(samples: int, chunk: int, rule: Callable[[int], int]) -> int:
    """Return the tokens of chunks of so many samples, the last one shorter."""
    whole, rest = divmod(samples, chunk)
    return whole * rule(chunk) + (rule(rest) if rest else 0)


def by_hundreds(samples: int) -> int:
    """13 for 100 frames, of the rest after three halvings (Qwen3-Omni)."""
    whole, rest = divmod(mel(samples), 100)
    return 13 * whole + halved(rest, 3)


def of_convolutions(samples: int) -> int:
    """Steps of wav2vec 2.0's convolutions."""
    for kernel, stride in ((10, 5), (3, 2), (3, 2), (3, 2), (3, 2), (2, 2), (2, 2)):
        samples = (samples - kernel) // stride + 1
    return samples


HALF_MINUTE = 30 * 16000

OF_SOUNDS: dict[str, Callable[[int], int]] = {
    "audioflamingo3": lambda n: of_chunks(n, HALF_MINUTE, pooled_twice),
    "dots3_note": lambda n: ceil(n / 1280),
    "fun_asr_nano": lambda n: ceil(kaldi(n) / 6),
    "gemma3n": lambda n: 188,
    "gemma4": lambda n: min(750, halved((n - 161) // 160 + 1, 2)),
    "glmasr": lambda n: of_chunks(n, HALF_MINUTE, lambda m: halved(mel(m), 1) // 4),
    "granite_speech": lambda n: ceil((mel(n) + 1) // 2 / 15) * 3,
    "granite_speech_plus": lambda n: ceil((mel(n) + 1) // 2 / 15) * 3,
    "inkling_mm_model": lambda n: ceil(n / 800),
    "moss_transcribe_diarize": lambda n: ceil(n / 1280),
    "muse_spark": lambda n: ceil(n / 1280),
    "nemo_speechlm": lambda n: ceil(n / 1280),
    "nemotron_h_omni": lambda n: halved(mel(n) + 1, 3),
    "omniasr": of_convolutions,
    "phi4_multimodal": lambda n: ceil(kaldi(n) / 8),
    "qwen2_5_omni_thinker": lambda n: min(750, pooled_twice(n)),
    "qwen2_audio": lambda n: min(750, pooled_twice(n)),
    "qwen3_asr": lambda n: by_hundreds(max(n, 8000)),
    "qwen3_omni_moe_thinker": by_hundreds,
}
"""By type: how many tokens so many samples at 16 kHz become.

750 is what a `WhisperFeatureExtractor` cuts at (`chunk_length` of 30 s, its class's default); published checkpoints of
Qwen2.5-Omni say 300 s.
"""
