"""MiDashengLM's encoder of sound: a ViT over patches of a spectrogram, each as high as this is (arXiv:2406.06992).

Source: SGLang's `midashenglm.py`; its tensors are the proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.layouts import layer_scaled, pre_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.assembly.widths import by_ratio
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import BatchNorm, Convolution, PositionEmbedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, norm, bins = r.size("hidden_size"), layer_norm(r), r.size("n_mels")
    high, wide = _pair(r, "patch_size")
    down, along = _pair(r, "patch_stride")
    frames = r.size("target_length")
    r.check("patch_size", high <= bins and wide <= frames, "is larger than the spectrogram")
    patches = Convolution(
        input_channels=r.size("input_channels"), output_channels=hidden, kernel=(high, wide), bias=True
    )
    rows, columns = bins // down, frames // along
    r.check("patch_stride", rows > 0 and columns > 0, "leaves no patch of the spectrogram")
    tables = [PositionEmbedding(positions=count, hidden_size=hidden) for count in (columns, rows)]
    width = r.derive("intermediate_size", by_ratio(r, hidden))
    scaled = r.number("init_values", least=0)  # the class has no scales where it is 0, too
    return encoder(
        r,
        full_attention(r, bias=r.flag("qkv_bias"), o_bias=True),
        mlp(r, width=width, bias=True, gated=False),
        norm,
        layout=layer_scaled if scaled else pre_norm,
        before=(BatchNorm(size=bins), patches, *tables),
        after=(norm,),
        axis="frames",
    )


def _pair(r: Reader, name: str) -> tuple[int, int]:
    """Read a size in pitch and one in time."""
    high, wide = r.integers(name, 2) or (1, 1)
    return r.derive(f"{name}_in_pitch", high), r.derive(f"{name}_in_time", wide)


_NO_WEIGHTS = "how a spectrogram is made: no weights"

DIALECT = Dialect(
    "midashenglm_dasheng_encoder",
    read,
    {
        "hidden_size": 1280,
        "num_hidden_layers": 32,
        "num_attention_heads": 16,
        "hidden_act": "gelu",
        "mlp_ratio": 4.0,
        "qkv_bias": True,
        "init_values": None,
        "n_mels": 64,
        "target_length": 1008,
        "input_channels": 1,
        "patch_size": [64, 4],
        "patch_stride": [64, 4],
    },
    aliases={"embed_dim": "hidden_size", "depth": "num_hidden_layers", "num_heads": "num_attention_heads"},
    costless={
        **dict.fromkeys(("center", "f_max", "f_min", "hop_length", "n_fft", "sample_rate", "win_length"), _NO_WEIGHTS),
        **dict.fromkeys(("attn_drop_rate", "drop_rate"), "training only"),
        "outputdim": "a head for classification, which no language model has",
    },
)
