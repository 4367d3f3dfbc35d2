"""HRM-Text: two stacks of layers in turns, a quick one several times for each run of the slow one (arXiv:2506.21734).

All runs of a stack share its weights, each has a cache of its own. Source: transformers `HrmTextConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.layouts import pre_norm
from llmsim_adapters.dialects.assembly.options import gated
from llmsim_adapters.dialects.reading.limits import LARGEST
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import InitialState, Norm
from llmsim_adapters.spec.model import Block, Stack, Sublayer

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = attention(r, bias=r.flag("attention_bias"), kv_heads=r.size("num_attention_heads"))
    mixer = gated(mixer, bias=mixer.qkv_bias)
    norm = Norm(mixer.hidden_size, gain=False)
    network = mlp(r, bias=r.flag("mlp_bias"))
    usual = pre_norm(mixer, network, norm)
    last = (*usual, Sublayer((norm,), skip=False))
    spec = decoder(r, mixer, network, norm=norm, final_norm=False)
    names, order, owners = _runs(r)
    blocks = tuple(Block(name, last if name.endswith("_last") else usual) for name in names)
    start = InitialState(hidden_size=mixer.hidden_size)
    return replace(spec, stacks=(Stack("text", blocks, order, before=(start,), weights_of=owners),))


def _runs(r: Reader) -> tuple[tuple[str, ...], tuple[int, ...], tuple[int, ...]]:
    """Return the names of the blocks, which of them each layer runs, and which layer it shares its weights with.

    `num_hidden_layers` is the number of layers of a stack, or of all runs where `num_layers_per_stack` is there too.
    """
    if r.has("num_layers_per_stack"):
        r.no_effect(("num_hidden_layers",), "it follows from num_layers_per_stack and the cycles")
    depth = int(r.size_or("num_layers_per_stack", lambda: r.size("num_hidden_layers")))
    slow, quick = int(r.size("H_cycles")), int(r.size("L_cycles"))
    fits = depth * slow * (quick + 1) <= LARGEST["num_hidden_layers"]
    r.check("H_cycles", fits, lambda: f"is {slow}, which makes too many layers of {depth} and {quick} quick cycles")
    if not fits:
        slow = quick = depth = 1
    cycle = [("quick", i) for i in range(depth)] * quick + [("slow", i) for i in range(depth)]
    named = [f"{stack}_last" if i == depth - 1 else stack for stack, i in cycle] * slow
    names = tuple(dict.fromkeys(named))
    first: dict[tuple[str, int], int] = {}
    owners = tuple(first.setdefault(layer, i) for i, layer in enumerate(cycle * slow))
    return names, tuple(names.index(name) for name in named), owners


DIALECT = llama.DIALECT.like(
    "hrm_text",
    read=read,
    costless={
        "embedding_scale": "a factor on the embeddings: elementwise",
        "prefix_lm": "which tokens of a prompt a request lets see later ones: a mask over the same products",
        "L_bp_cycles": "which cycles gradients go through: training only",
    },
    vocab_size=151808,
    hidden_size=1536,
    intermediate_size=4096,
    num_hidden_layers=16,
    num_attention_heads=12,
    head_dim=128,
    H_cycles=2,
    L_cycles=3,
    num_layers_per_stack=None,
)
