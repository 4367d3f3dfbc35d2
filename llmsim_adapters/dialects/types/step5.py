"""Step 5: Step 3.5's layers, whose full attention is to regions of tokens that an indexer chooses.

Source: vLLM 0.33's `step5` and its `Step5Config`. The indexer scores summaries of whole regions, weighed by gates; it
and what it leaves out are a gap, as nothing at hand holds what it runs and keeps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.decoder import FULL, SLIDING, layers
from llmsim_adapters.dialects.assembly.patterns import experts_enumerated
from llmsim_adapters.dialects.types import step3p5

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.size_or("share_expert_dim", lambda: r.size("moe_intermediate_size") * r.size("num_experts_per_tok"))
    kinds = r.words("layer_types", (FULL, SLIDING)) or [FULL if i % 2 else SLIDING for i in range(layers(r))]
    if r.optional_size("sliding_window") is None:
        kinds = [FULL] * int(layers(r))  # no window, no layer that slides
    if FULL in kinds and r.nested("sparse_config", rest_costless=True) is not None:
        r.not_modelled("sparse_indexer")
    return step3p5.with_layers_of(r, kinds, _sparse(r))


def _sparse(r: Reader) -> Sequence[bool]:
    """Read which layers have experts: those that a text numbers, or a list; else all after the first."""
    count = int(layers(r))
    enumerated = experts_enumerated(r)
    if enumerated is not None:
        return enumerated
    numbers = r.indices("moe_layer_list")
    return [i > 0 if numbers is None else i in numbers for i in range(count)]


DIALECT = step3p5.DIALECT.like(
    "step5",
    read=read,
    aliases={"swa_num_attention_heads": "num_sliding_attention_heads"},
    costless={
        "att_impl_type": "the class has grouped-query attention only",
        "fp32_residual_connection": "the number format of sums: elementwise",
        "layer_types_with_mtp": "layer_types, and the modules' behind them",
        "max_seq_len": "bounds the context",
        "norm_dtype": "the number format of norms",
        "use_moe": "the class takes the numbers of layers with experts",
        "use_rope_layers": "which layers are rotated: elementwise",
        "zero_centered": "whether norms add one to their gains: elementwise",
    },
    classes=("Step5ForCausalLM", "Step5MTP"),
    vocab_size=65536,
    hidden_size=5120,
    intermediate_size=13312,
    num_hidden_layers=48,
    num_attention_heads=40,
    num_key_value_heads=8,
    head_dim=None,
    num_experts=16,
    num_experts_per_tok=4,
    moe_intermediate_size=10240,
    share_expert_dim=None,
    sliding_window=None,
    use_head_wise_attn_gate=False,
    use_moe_router_bias=False,
)
