"""MiDashengLM's encoder of sound: a ViT over patches of a spectrogram, each as high as this is (arXiv:2406.06992).

It takes samples, and makes the spectrogram itself. Source: SGLang's `midashenglm.py`; its tensors and runs are the
proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.layouts import layer_scaled, pre_norm
from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.assembly.widths import by_ratio
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import BatchNorm, Convolution, MelFilters, PositionEmbedding
from llmsim_adapters.spec.media.framed import FramedSound, Framing, Stride

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
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
    filters = MelFilters(frequencies=r.derive("frequencies", r.size("n_fft") // 2 + 1), bins=bins)
    width = r.derive("intermediate_size", by_ratio(r, hidden))
    scaled = r.number("init_values", least=0)  # the class has no scales where it is 0, too
    return encoder(
        r,
        full_attention(r, bias=r.flag("qkv_bias"), o_bias=True),
        mlp(r, width=width, bias=True, gated=False),
        norm,
        layout=layer_scaled if scaled else pre_norm,
        before=(filters, BatchNorm(size=bins), patches, *tables),
        after=(norm,),
        axis="frames",
        before_rows=("patches", "patches", "convolved_1", "rows", "rows"),
        after_rows=("rows",),
    )


def heard(whole: Reader, r: Reader, joined: int) -> Media | None:
    """Return the rule of sound, `joined` results of which become a token; None: the class can't run such patches.

    It cuts sound, and masks its padding, as if patches were of four frames and the whole spectrogram high. What is
    longer than the table of positions attends in pieces. Setting of `Wav2Vec2FeatureExtractor`: `sampling_rate`.
    """
    window, (high, wide), (down, along) = r.size("n_fft"), _pair(r, "patch_size"), _pair(r, "patch_stride")
    hop, bins, lead = r.size("hop_length"), int(r.size("n_mels")), int(window) if r.flag("center") else 0
    if along != _FRAMES or bins // down != 1:
        return None

    def made(sounds: Settings) -> Media:
        rate = sounds.integer("sampling_rate", default=int(r.size("sample_rate")))
        return FramedSound(
            framing=Framing(int(window), lead=lead, hop=int(hop), rate=rate),
            bins=bins,
            strides=((Stride(int(wide), int(along), 0), Stride(int(high), int(down), 0)),),
            reduced=joined,
            cut=True,
            span=int(r.size("target_length")) // _FRAMES,
            text=2,
            origin=origin(sounds, "Wav2Vec2FeatureExtractor"),
        )

    return rule(whole, "audio", made)


def _pair(r: Reader, name: str) -> tuple[int, int]:
    """Read a size in pitch and one in time."""
    high, wide = r.integers(name, 2) or (1, 1)
    return r.derive(f"{name}_in_pitch", high), r.derive(f"{name}_in_time", wide)


_FRAMES: Final = 4
"""The frames of a patch, by which the class cuts what is longer than its table."""

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
        "n_fft": 512,
        "hop_length": 160,
        "center": True,
        "sample_rate": 16000,
        "target_length": 1008,
        "input_channels": 1,
        "patch_size": [64, 4],
        "patch_stride": [64, 4],
    },
    aliases={"embed_dim": "hidden_size", "depth": "num_hidden_layers", "num_heads": "num_attention_heads"},
    costless={
        **dict.fromkeys(("f_max", "f_min", "win_length"), _NO_WEIGHTS),
        **dict.fromkeys(("attn_drop_rate", "drop_rate"), "training only"),
        "outputdim": "a head for classification, which no language model has",
    },
)
