"""DeepSeek-V4's DSpark: drafts blocks of tokens by V4's sliding layers over hidden states of several target layers.

Source: SGLang's `deepseek_v4_dspark.py`. It takes the target's config, with keys of its own: there is a layer for each
of `dspark_target_layer_ids`, whose hidden states are joined and projected. Table and head are the target's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.hyper_connections import hyper_connected
from llmsim_adapters.dialects.assembly.sparse_attention import INDEXER_PARAMETERS
from llmsim_adapters.dialects.types import deepseek_v4, dflash
from llmsim_adapters.spec.components import MarkovHead

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_OF_TARGET: Final = (
    *("num_hidden_layers", "layer_types", "compress_ratios", "compress_rates", "compress_rate_csa"),
    *("compress_rate_hca", "num_hash_layers", "mlp_layer_types", "num_nextn_predict_layers", *INDEXER_PARAMETERS),
)


def read(r: Reader) -> ModelSpec:
    r.no_effect(_OF_TARGET, "of the target's layers")
    r.no_effect(("num_key_value_heads",), "the class has one head of keys, which are the values")
    r.no_effect(("attention_bias",), "the class gives its attention no biases")
    inputs = dflash.projected(r, dflash.target_layers(r))
    mixer = replace(deepseek_v4.attention(r, deepseek_v4.SLIDING), causal=False)
    count = r.parameters["num_target_hidden_states"].value
    spec = hyper_connected(r, decoder(r, mixer, deepseek_v4.experts(r), inputs=inputs), mixes=True)
    (text,) = spec.stacks
    text = replace(text, order=(0,) * int(count), counted_by="num_target_hidden_states")
    head = MarkovHead(
        hidden_size=r.size("hidden_size"),
        vocab_size=r.size("vocab_size"),
        rank=r.size("markov_rank"),
        confidence=r.flag("enable_confidence_head"),
        confidence_by_token=r.flag("confidence_head_with_markov"),
        confidence_bias=False,
    )
    return dflash.of_target(replace(spec, stacks=(text,), outputs=(*spec.outputs, head)))


DIALECT = deepseek_v4.DIALECT.like(
    "deepseek_v4_dspark",
    read=read,
    aliases={"dspark_markov_rank": "markov_rank", "dspark_target_layer_ids": "target_layer_ids"},
    costless={
        "dspark_block_size": "how many tokens a step drafts",
        "dspark_markov_head_type": "SGLang's class has one kind of head",
    },
    enable_confidence_head=True,
    confidence_head_with_markov=True,
    causal_lm=("DeepseekV4ForCausalLMDSpark",),
)
