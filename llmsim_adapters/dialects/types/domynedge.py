"""Domyn Edge: layers between four norms, each with its own size of heads, window and, or without, rotary positions.

Source: vLLM 0.33's `domyn_edge.py`, and `DomynEdgeConfig` of its authors' branch of vLLM. A window of w tokens is one
of the w before the present one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.layouts import sandwich_norm
from llmsim_adapters.dialects.assembly.patterns import per_layer_config
from llmsim_adapters.dialects.reading.limits import LARGEST_SIZE
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention
    from llmsim_adapters.spec.model import ModelSpec

_TURNED: Final = "rope"


def read(r: Reader) -> ModelSpec:
    r.only("attention_bias", False)
    base = attention(r)
    kinds = list(zip(_head_sizes(r), _windows(r), _rotated(r), strict=True))
    made = {kind: _layer(base, *kind) for kind in set(kinds)}
    return decoder(r, [made[kind] for kind in kinds], mlp(r), layout=sandwich_norm)


def _layer(base: Attention, head_dim: int, window: int | None, rotated: bool) -> Attention:
    """Queries are of unit length; the keys' norm alone has gains."""
    fraction = base.rotary_fraction if rotated else 0.0
    q_norm, k_norm = Norm(head_dim, gain=False), Norm(head_dim)
    return replace(base, head_dim=head_dim, window=window, rotary_fraction=fraction, q_norm=q_norm, k_norm=k_norm)


def _head_sizes(r: Reader) -> list[int]:
    """Read the size of each layer's heads: all of `head_sizes`, or of those that `per_layer_config` numbers."""
    count = int(layers(r))
    sizes = r.integers("head_sizes", count)
    if sizes is not None:
        r.no_effect(("head_dim", "per_layer_config"), "head_sizes says it of each layer")
        return list(sizes)
    found = [int(r.size("head_dim"))] * count
    for number, layer in per_layer_config(r, count).items():
        if layer.has("head_dim"):
            found[number] = int(layer.size("head_dim"))
    return found


def _windows(r: Reader) -> list[int | None]:
    """Read how many tokens each layer sees: `window_sizes` has those before and those behind, -1 being all."""
    count = int(layers(r))
    said = r.sequence("window_sizes", count)
    found: list[int | None] = []
    for pair in said or [[-1, 0]] * count:
        numbers = pair.__class__ is list and len(pair) == 2 and all(each.__class__ is int for each in pair)
        if not numbers or not -1 <= pair[0] < LARGEST_SIZE or pair[1] != 0:
            r.refuse("window_sizes", pair, "a list of [tokens before, 0] for each layer")
            return [None] * count
        found.append(pair[0] + 1 if pair[0] > 0 else None)
    return found


def _rotated(r: Reader) -> list[bool]:
    """Read which layers have rotary positions."""
    count = int(layers(r))
    kinds = r.words("position_layers", (_TURNED, "nope"), count)
    return [True] * count if kinds is None else [kind == _TURNED for kind in kinds]


DIALECT = llama.DIALECT.like(
    "domynedge",
    read=read,
    classes=("DomynEdgeForCausalLM",),
    costless={
        "max_window_layers": "no layer of the type follows it: window_sizes says each layer's window",
        "trained_vocab_size": "how much of the vocabulary the loss covered: training only",
    },
    vocab_size=115269,
    hidden_size=2560,
    intermediate_size=9728,
    num_hidden_layers=36,
    num_attention_heads=32,
    num_key_value_heads=8,
    head_sizes=[*[256] * 2, *[64, 64, 64, 256] * 8, *[256] * 2],
    window_sizes=[*[[-1, 0]] * 2, *[*[[1024, 0]] * 3, [-1, 0]] * 8, *[[-1, 0]] * 2],
    position_layers=[*["nope"] * 2, *[*["rope"] * 3, "nope"] * 8, *["nope"] * 2],
    tie_word_embeddings=True,
)
