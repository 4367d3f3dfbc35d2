"""Mistral's own `params.json`: its decoders, dense or of experts, in the words of its reference code.

Source: `TransformerArgs` and `MoeArgs` of mistral-inference 1.6, whose classes have no default for a size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly import pixtral_native
from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec, Stack


def read(r: Reader) -> ModelSpec:
    if not r.has("dtype"):
        r.inferred("dtype", "the file does not say it: taken to be bfloat16, as that of Mistral's published files is")
    return decoder(r, windowed(r, attention(r), _sliding(r)), _experts(r) or mlp(r))


def _experts(r: Reader) -> MixtureOfExperts | None:
    """Return the experts that `moe` counts, each as wide as a network would be."""
    counts = r.nested("moe")
    if counts is None:
        return None
    for name in ("num_experts", "num_experts_per_tok"):
        r.derive(name, counts.size(name))
    r.derive("moe_intermediate_size", r.size("intermediate_size"))
    return mixture_of_experts(r)


def _sliding(r: Reader) -> list[bool]:
    """Return which layers have a window; a list of windows, null for none, is repeated over the layers."""
    count = layers(r)
    if not r.is_list("sliding_window"):
        return [True] * count
    windows = r.sequence("sliding_window") or [None]
    sizes = {window for window in windows if window is not None}
    if len(sizes) > 1 or not all(size.__class__ is int and 0 < size < 2**28 for size in sizes) or count % len(windows):
        r.refuse("sliding_window", windows, f"one window, or null, for each of {count:d} layers or a part of them")
        return [False] * count
    for size in sizes:
        r.derive("sliding_window", size)
    return [window is not None for window in windows] * (count // len(windows))


_ELEMENTWISE: Final = "a scalar or an elementwise operation: no weights, no matrix product"


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    """Yield Pixtral's encoder, where the file has its arguments."""
    if isinstance(whole.raw.get("vision_encoder"), dict):
        yield from pixtral_native.towers(whole, text, "vision_encoder")


DIALECT: Final = Dialect(
    "mistral_params",
    read,
    towers=towers,
    aliases={
        "dim": "hidden_size",
        "n_layers": "num_hidden_layers",
        "n_heads": "num_attention_heads",
        "n_kv_heads": "num_key_value_heads",
        "hidden_dim": "intermediate_size",
        "activation": "hidden_act",
        "tied_embeddings": "tie_word_embeddings",
    },
    costless={
        "norm_eps": _ELEMENTWISE,
        "yarn": "rotation angles of rotary embeddings: tables that are computed, elementwise",
        "llama_4_scaling": _ELEMENTWISE,
        "max_batch_size": "how the same network is run by one program",
        "max_seq_len": "bounds the context; rotary positions have no table of weights",
        "model_parallel": "over how many ranks the files are spread",
    },
    defaults={
        "head_dim": None,
        "hidden_act": "silu",
        "sliding_window": None,
        "tie_word_embeddings": False,
        "dtype": "bfloat16",
    },
)
