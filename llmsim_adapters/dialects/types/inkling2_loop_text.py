"""Inkling 2 Mini: Inkling 2 with middle layers in passes, each with messages of the pass before.

Every pass but the first begins with the same states, and mixes a message into the inputs of each layer's queries, keys,
values and experts by gates; every pass has caches of its own. Source: transformers `Inkling2LoopTextConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from llmsim_adapters.dialects.assembly.decoder import layers
from llmsim_adapters.dialects.reading.limits import LARGEST
from llmsim_adapters.dialects.types import inkling2_text
from llmsim_adapters.spec.components import AttentionResidual, MessageGate
from llmsim_adapters.spec.model import Block, Sublayer
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_OF_LOOPS = {
    "loop_layer_index_start": "core_start",
    "loop_layer_index_end": "core_end",
    "loop_num_passes": "num_passes",
    "loop_gate_rank": "gate_rank",
}
"""What each parameter is called inside `loop_config`, which wins where it is."""

_MESSAGES = 4
"""A layer's messages: for queries, keys, values and experts."""


class _Loops(NamedTuple):
    start: int
    end: int
    passes: int
    rank: int

    def middle(self, count: int) -> range:
        """Return the layers in loops, of so many layers as there are."""
        return range(min(self.start, count), min(self.end, count))


def read(r: Reader) -> ModelSpec:
    spec = inkling2_text.read(r)
    loops = _loops(r)
    if r.invalid:
        return spec
    (text,) = spec.stacks
    count, again = len(text.order), loops.passes - 1
    blocks, looped = list(text.blocks), dict[int, int]()
    middle = loops.middle(count)
    for layer in middle:
        index = text.order[layer]
        if index not in looped:
            looped[index] = len(blocks)
            blocks.append(
                _with_messages(
                    text.blocks[index], MessageGate(hidden_size=r.size("hidden_size"), rank=loops.rank, used=again > 0)
                )
            )
    ran = [*range(middle.start), *[*middle] * loops.passes, *range(middle.stop, count)]
    order, owners, latest = list[int](), list[int](), dict[int, int]()
    for at, layer in enumerate(ran):
        first = layer in middle and layer not in latest and again > 0
        latest.setdefault(layer, at + len(middle) if first else at)
        order.append(text.order[layer] if first or layer not in middle else looped[text.order[layer]])
        owners.append(latest[layer])
    sources = ceil_div(len(middle), int(r.size("n_layers_per_attn_res_block")))
    messages = AttentionResidual(
        hidden_size=r.size("hidden_size"),
        sources=r.constant("message_sources", max(1, sources), "blocks of layers in a pass"),
        queries=_MESSAGES,
        layers=r.constant("loop_layers", loops.end - loops.start, "`loop_layer_index_end` - `loop_layer_index_start`"),
        runs=r.constant("message_runs", again * len(middle), "layers in loops, of each pass but the first"),
    )
    text = replace(
        text, blocks=tuple(blocks), order=tuple(order), weights_of=tuple(owners), before=(*text.before, messages)
    )
    return replace(spec, stacks=(text,))


def _loops(r: Reader) -> _Loops:
    said = r.nested("loop_config")
    found = {}
    for name, inside in _OF_LOOPS.items():
        if said is not None and said.has(inside):
            found[name] = said.size(inside)
            r.overruled(name, int(found[name]), f"loop_config.{inside}")
        else:
            found[name] = r.size(name)
    start, end, passes, rank = found.values()
    loops = _Loops(int(start), int(end), int(passes), rank)
    size, count = int(r.size("n_layers_per_attn_res_block")), int(layers(r))
    for name, value in (("loop_layer_index_start", loops.start), ("loop_layer_index_end", loops.end)):
        r.check(name, value % size == 0, f"is {value}, no multiple of n_layers_per_attn_res_block ({size})")
    r.check("loop_layer_index_end", loops.start < loops.end, lambda: f"is {loops.end}, not above the first layer's")
    most = LARGEST["num_hidden_layers"]
    total = count + (loops.passes - 1) * len(loops.middle(count))
    r.check("loop_num_passes", total <= most, lambda: f"is {loops.passes}, which makes more than {most} layers run")
    return loops


def _with_messages(block: Block, gate: MessageGate) -> Block:
    before, attend, between, mix = block.sublayers
    inputs = Sublayer((gate,) * (_MESSAGES - 1), skip=False)
    return Block(f"{block.name}_with_messages", (before, inputs, attend, between, Sublayer((gate,), skip=False), mix))


DIALECT = inkling2_text.DIALECT.like(
    "inkling2_loop_text",
    read=read,
    hidden_size=2304,
    num_hidden_layers=24,
    num_attention_heads=24,
    swa_num_attention_heads=24,
    moe_intermediate_size=1152,
    num_experts=128,
    loop_layer_index_start=6,
    loop_layer_index_end=18,
    loop_num_passes=3,
    loop_gate_rank=64,
)
