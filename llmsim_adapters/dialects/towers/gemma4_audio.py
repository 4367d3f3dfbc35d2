"""Gemma 4's sound encoder: a conformer with attention in chunks (arXiv:2005.08100). Source: `Gemma4AudioConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.conformer import Chunks, channels, conformer, subsampling
from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.sound import framing
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Projection
from llmsim_adapters.spec.media.framed import FramedSound, Stride

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import ModelSpec

_LINEAR = 10  # the matrices of a layer that may be clipped


def read(r: Reader) -> ModelSpec:
    hidden = r.size("hidden_size")
    first, second = channels(r, "subsampling_conv_channels")
    # As many features as channels are halved twice: the class takes the one for the other.
    r.check("subsampling_conv_channels", first >= 4, "leaves no features: the first is below 4")
    before = subsampling(r, first, second, [(3, 3), (3, 3)], first // 4)
    after = (Projection(input_size=hidden, output_size=r.size("output_proj_dims"), bias=True),)
    linears = _LINEAR if r.flag("use_clipped_linears") else 0
    chunk = r.size("attention_chunk_size")
    context = chunk + r.size("attention_context_left") - 1 + r.count("attention_context_right")
    chunks = Chunks(chunk, context, context // 2 + 1)
    return conformer(r, r.size("conv_kernel_size"), before, chunks, after, clipped_linears=linears)


def heard(whole: Reader) -> Media:
    """Return the rule of sound: two convolutions, each of which halves frames and their numbers.

    Setting of `Gemma4AudioFeatureExtractor`: `feature_size`.
    """

    def made(sounds: Settings) -> Media:
        return FramedSound(
            framing=framing(sounds, milliseconds=20.0, lead=True),
            bins=sounds.integer("feature_size", default=128),
            strides=((Stride(), Stride()),) * 2,
            text=2,
            origin=origin(sounds, "Gemma4AudioFeatureExtractor"),
        )

    return rule(whole, "audio", made)


_HOW = "how attention is capped and weighed: no weights"

DIALECT = Dialect(
    "gemma4_audio",
    read,
    {
        "hidden_size": 1024,
        "num_hidden_layers": 12,
        "num_attention_heads": 8,
        "hidden_act": "silu",
        "subsampling_conv_channels": [128, 32],
        "conv_kernel_size": 5,
        "use_clipped_linears": True,
        "output_proj_dims": 1536,
        "attention_chunk_size": 12,
        "attention_context_left": 13,
        "attention_context_right": 0,
    },
    costless={
        "attention_invalid_logits_value": _HOW,
        "attention_logit_cap": _HOW,
        "gradient_clipping": "bounds activations: elementwise",
        "residual_weight": "scales a residual: elementwise",
    },
)
