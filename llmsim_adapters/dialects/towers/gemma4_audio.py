"""Gemma 4's sound encoder: a conformer with attention in chunks (arXiv:2005.08100). Source: `Gemma4AudioConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.conformer import channels, conformer, subsampling
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
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
    return conformer(r, kernel=r.size("conv_kernel_size"), before=before, after=after, clipped_linears=linears)


_HOW = "how attention is cut in chunks, capped and weighed: no weights"

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
    },
    costless={
        "attention_chunk_size": _HOW,
        "attention_context_left": _HOW,
        "attention_context_right": _HOW,
        "attention_invalid_logits_value": _HOW,
        "attention_logit_cap": _HOW,
        "gradient_clipping": "bounds activations: elementwise",
        "residual_weight": "scales a residual: elementwise",
    },
)
