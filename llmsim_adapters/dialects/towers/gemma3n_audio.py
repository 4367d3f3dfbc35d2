"""Gemma 3n's sound encoder: a conformer (Universal Speech Model, arXiv:2303.01037). Source: `Gemma3nAudioConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.conformer import Chunks, channels, conformer, subsampling
from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.sound import framing
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.media.framed import FramedSound, Stride

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    first, second = channels(r, "sscp_conv_channel_size")
    kernels, features = _pairs(r, "sscp_conv_kernel_size"), r.size("input_feat_size")
    for _, bins in strides(r):
        features = (features + bins.padding - bins.kernel) // bins.stride + 1
    r.check("sscp_conv_kernel_size", features > 0, "leaves no features of a frame")
    chunk, around = r.size("conf_attention_chunk_size"), r.size("conf_attention_context_left") - 1
    around = around + r.count("conf_attention_context_right")
    chunks = Chunks(chunk, chunk + around, around + 1)
    return conformer(r, r.size("conf_conv_kernel_size"), subsampling(r, first, second, kernels, features), chunks)


def strides(r: Reader) -> tuple[tuple[Stride, Stride], ...]:
    """Read what each of the two first convolutions does to frames, which are padded behind, and to their numbers."""
    pairs = zip(_pairs(r, "sscp_conv_kernel_size"), _pairs(r, "sscp_conv_stride_size"), strict=True)
    return tuple([(Stride(kernel[0], step[0], kernel[0] - 1), Stride(kernel[1], step[1], 2)) for kernel, step in pairs])


def heard(whole: Reader, r: Reader, tokens: int) -> Media:
    """Return the rule of sound, which becomes so many tokens however long it is."""

    def made(sounds: Settings) -> Media:
        convolutions = [tuple([Stride(*map(int, axis)) for axis in each]) for each in strides(r)]
        return FramedSound(
            framing=framing(sounds, milliseconds=32.0, lead=False),
            bins=int(r.size("input_feat_size")),
            strides=tuple([(time, bins) for time, bins in convolutions]),
            reduced=int(r.size("conf_reduction_factor")),
            tokens=tokens,
            text=4,
            origin=origin(sounds, "Gemma3nAudioFeatureExtractor"),
        )

    return rule(whole, "audio", made)


def _pairs(r: Reader, name: str) -> list[tuple[int, int]]:
    """Read the size in time and in frequency for each of the two first convolutions."""
    said = r.sequence(name, 2) or [[1, 1], [1, 1]]
    if any(pair.__class__ is not list or [n.__class__ for n in pair] != [int, int] or min(pair) < 1 for pair in said):
        r.refuse(name, said, "two pairs of positive integers")
        said = [[1, 1], [1, 1]]
    return [(r.derive(f"{name}_{i}_time", a), r.derive(f"{name}_{i}_frequency", b)) for i, (a, b) in enumerate(said)]


DIALECT = Dialect(
    "gemma3n_audio",
    read,
    {
        "hidden_size": 1536,
        "num_hidden_layers": 12,
        "num_attention_heads": 8,
        "hidden_act": "silu",
        "conf_conv_kernel_size": 5,
        "input_feat_size": 128,
        "sscp_conv_channel_size": [128, 32],
        "sscp_conv_kernel_size": [[3, 3], [3, 3]],
        "sscp_conv_stride_size": [[2, 2], [2, 2]],
        "vocab_size": 128,
        "conf_attention_chunk_size": 12,
        "conf_attention_context_left": 13,
        "conf_attention_context_right": 0,
        "conf_reduction_factor": 4,
    },
    aliases={"conf_num_hidden_layers": "num_hidden_layers", "conf_num_attention_heads": "num_attention_heads"},
    costless={
        "conf_attention_logit_cap": "how attention is capped: elementwise",
        "conf_residual_weight": "scales a residual: elementwise",
        "gradient_clipping": "bounds activations: elementwise",
        "sscp_conv_group_norm_eps": "an epsilon",
        "vocab_offset": "which tokens are sound's: no weights",
    },
)
