"""MiniMax-M3's DSpark: a draft of blocks of tokens, of M3's dense layers over hidden states of several target layers.

Source: SGLang's `dspark_minimax.py` and `configure_minimax_m3_dspark`. It has the target's keys, with the draft's own
in `dflash_config`, `dspark_config` and `dspark_…`. Table and head are the target's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import dflash, minimax_m3_vl_text
from llmsim_adapters.spec.components import MarkovHead

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_OF_TARGET: Final = (
    *("num_hidden_layers", "layer_types", "mlp_layer_types", "moe_layer_freq", "sparse_attention_config"),
    *("index_n_heads", "index_head_dim", "index_block_size", "index_topk_blocks", "moe_intermediate_size"),
    *("shared_expert_intermediate_size", "num_experts", "num_experts_per_tok", "num_shared_experts"),
    *("intermediate_size", "num_nextn_predict_layers", "num_mtp_modules", "use_routing_bias"),
)


def read(r: Reader) -> ModelSpec:
    r.no_effect(("hidden_act",), "the class has one activation")
    r.no_effect(_OF_TARGET, "of the target's layers")
    base = attention(r, qk_norm=r.flag("qk_norm"))
    base = replace(base, rotary_fraction=r.size("rotary_dim") / base.head_dim, causal=False)
    flash, own = r.nested("dflash_config"), r.nested("dspark_config")
    if flash is None or own is None:
        r.missing("dflash_config", "with dspark_config, what the draft is made of")
        flash = own = r
    own.only("use_dense_ffn", True)
    flash.no_effect(("num_target_layers",), "how many layers the target has")
    network = replace(mlp(r, width=own.size("ffn_hidden_size")), activation=minimax_m3_vl_text.ACTIVATION)
    inputs = dflash.projected(r, dflash.target_layers(flash))
    count = r.derive("num_draft_layers", flash.size("num_hidden_layers"))
    spec = decoder(r, base, network, inputs=inputs)
    (text,) = spec.stacks
    head = MarkovHead(
        hidden_size=base.hidden_size,
        vocab_size=r.size("vocab_size"),
        rank=r.size("markov_rank"),
        confidence=r.flag("enable_confidence_head"),
        confidence_by_token=r.flag("confidence_head_with_markov"),
    )
    text = replace(text, order=(0,) * int(count), counted_by="num_draft_layers")
    return dflash.of_target(replace(spec, stacks=(text,), outputs=(*spec.outputs, head)))


DIALECT = minimax_m3_vl_text.DIALECT.like(
    "minimax_m3_dspark",
    read=read,
    aliases={"dspark_markov_rank": "markov_rank"},
    costless={
        "use_gemma_norm": "where a gain is centred: elementwise",
        "dspark_block_size": "how many tokens a step drafts",
        "dspark_markov_head_type": "SGLang's class has one kind of head",
        "dspark_noise_token_id": "a token id",
    },
    qk_norm=True,
    enable_confidence_head=True,
    confidence_head_with_markov=True,
    causal_lm=("DSparkMiniMaxDraftModel",),
)
