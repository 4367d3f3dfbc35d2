"""Gemma 3n's sound encoder: a conformer (Universal Speech Model, arXiv:2303.01037). Source: `Gemma3nAudioConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.conformer import channels, conformer, subsampling
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    first, second = channels(r, "sscp_conv_channel_size")
    kernels, strides = _pairs(r, "sscp_conv_kernel_size"), _pairs(r, "sscp_conv_stride_size")
    features = r.size("input_feat_size")
    for (_, kernel), (_, stride) in zip(kernels, strides, strict=True):
        features = (features + 2 - kernel) // stride + 1  # one more on either side
    r.check("sscp_conv_kernel_size", features > 0, "leaves no features of a frame")
    return conformer(r, kernel=r.size("conf_conv_kernel_size"), before=subsampling(r, first, second, kernels, features))


def _pairs(r: Reader, name: str) -> list[tuple[int, int]]:
    """Read the size in time and in frequency for each of the two first convolutions."""
    said = r.sequence(name, 2) or [[1, 1], [1, 1]]
    if any(pair.__class__ is not list or [n.__class__ for n in pair] != [int, int] or min(pair) < 1 for pair in said):
        r.refuse(name, said, "two pairs of positive integers")
        said = [[1, 1], [1, 1]]
    return [(r.derive(f"{name}_{i}_time", a), r.derive(f"{name}_{i}_frequency", b)) for i, (a, b) in enumerate(said)]


_HOW = "how attention is cut in chunks and capped: no weights"

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
    },
    aliases={"conf_num_hidden_layers": "num_hidden_layers", "conf_num_attention_heads": "num_attention_heads"},
    costless={
        "conf_attention_chunk_size": _HOW,
        "conf_attention_context_left": _HOW,
        "conf_attention_context_right": _HOW,
        "conf_attention_logit_cap": _HOW,
        "conf_reduction_factor": "how many frames of the result are taken: no weights",
        "conf_residual_weight": "scales a residual: elementwise",
        "gradient_clipping": "bounds activations: elementwise",
        "sscp_conv_group_norm_eps": "an epsilon",
        "vocab_offset": "which tokens are sound's: no weights",
    },
)
