"""What SGLang keeps of a sequence, and in which pools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.rules import Beside, Keep, Note
from llmsim_adapters.engines.sglang.architectures import (
    DP_ATTENTION,
    DSA_POOL,
    GEMMA4_ASSISTANTS,
    MUSE_SPARK,
    REGISTERED,
    WINDOWED_POOL,
    names,
)
from llmsim_adapters.engines.sglang.conditions import attentions, has_groups, is_qwen3_inside
from llmsim_adapters.spec.components import LatentAttention
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from llmsim_adapters.engines.rules import Asked, Shelf
    from llmsim_adapters.spec.components import GatedDeltaNet, Indexer

_STATES: Final = "configs/mamba_utils.py, mamba2_state_dtype"
_DSA: Final = "mem_cache/memory_pool.py, DSATokenToKVPool"

_PAGES_OF_TRTLLM: Final = (16, 32, 64, 128)
"""The pages that SGLang lets TensorRT-LLM's attention have; it changes others to 64."""

_SCALED: Final = 128
"""Numbers in 8 bits that share a scale in the pools of DSA (quant_block_size)."""

_STATES_OF_ALL: Final = names("FalconMambaForCausalLM Mamba2ForCausalLM MambaForCausalLM")
"""Whose states are split over all ranks (configs/mamba.py, configs/mamba2.py: tp_size)."""

_POOLED: Final = names("Glm5NextForConditionalGeneration")
"""Whose indexer scores pools of tokens, and keeps their keys alone."""

_POOL_OF_ALL: Final = names("DeciLMForCausalLM MllamaForConditionalGeneration MossVLForConditionalGeneration")
"""Whose layers differ in what they keep, or attend to an encoder's output, in one pool for all of them."""

_GENERATED: Final = names("JetNemotronForCausalLM JetVLMForConditionalGeneration")
"""Of whose convolutions, which values alone go through, pools have room for queries and keys, too."""

_CONVOLUTIONS: Final = tuple(
    f"{kind}.convolution"
    for kind in ("gated_delta_net", "kimi_delta_attention", "mamba", "mamba2", "short_convolution")
)
_RECURRENCES: Final = tuple(
    f"{kind}.state" for kind in ("gated_delta_net", "kimi_delta_attention", "lightning_attention", "mamba", "mamba2")
)


def _has_windows(layout: Asked) -> bool:
    return any(each.cached and each.window is not None for each in attentions(layout.spec))


def _has_indexer(layout: Asked) -> bool:
    """Whether a model is one of DSA: architectures that are may have no indexer."""
    return any(isinstance(part, LatentAttention) and part.indexer is not None for part in layout.spec.components())


def _keeps_8_bits(layout: Asked) -> bool:
    return layout.schedule.kv_cache_dtype == "float8_e4m3fn" and _has_indexer(layout)


def _keeps_the_default(layout: Asked) -> bool:
    return layout.schedule.kv_cache_dtype is None and _has_indexer(layout)


def _scales(size: int, shelf: Shelf) -> int:
    return ceil_div(size, shelf.constant(_SCALED, "quant_block_size"))


def _indexer_scales(indexer: Indexer, shelf: Shelf) -> None:
    shelf.keep("indexer", _scales(indexer.head_dim, shelf), "replicated", "float32")


def _pooled_keys(indexer: Indexer, shelf: Shelf) -> None:
    """A key of each whole pool with its scales, and keys and gates of the tokens of the last one."""
    scales = _scales(indexer.head_dim, shelf)
    shelf.keep("indexer", indexer.head_dim, "replicated", "float8_e4m3fn", indexer.pool)
    shelf.keep("indexer", scales, "replicated", "float32", indexer.pool)
    shelf.keep("state", 2 * indexer.pool * indexer.head_dim, "replicated", "bfloat16")


def _latent_scales(attention: LatentAttention, shelf: Shelf) -> None:
    """Scales of the latent, and the second byte of each rotary number, which stays in 16 bits."""
    shelf.keep("latent", _scales(attention.kv_lora_rank, shelf), "replicated", "float32")
    shelf.keep("latent", attention.qk_rope_head_dim, "replicated", "float8_e4m3fn")


def _unused_convolutions(net: GatedDeltaNet, shelf: Shelf) -> None:
    channels = 2 * net.num_key_heads * net.key_head_dim
    shelf.keep("state", channels * (net.conv_kernel - 1), "heads", "bfloat16")


def _looks_ahead(layout: Asked) -> bool:
    """Whether no token waits for those behind it, as in models that embed a text."""
    return not any(attention.causal for attention in attentions(layout.spec))


def _layers_of_text(layout: Asked) -> int:
    stack = layout.spec.stack("text")
    return 0 if stack is None else len(stack.order)


def _layers_of_both(layout: Asked) -> int:
    """The layers of an encoder, and those of its decoder twice: for its tokens, and for the encoder's output."""
    encoder = layout.spec.stack("audio")
    return 2 * _layers_of_text(layout) + (0 if encoder is None else len(encoder.order))


def _layers_of_loops(layout: Asked) -> int:
    """The layers times the square of how often each is run: two places of the source multiply by it."""
    stack = layout.spec.stack("text")
    runs = 1 if stack is None or not stack.weights_of else len(stack.order) // len(set(stack.weights_of))
    return _layers_of_text(layout) * runs


CACHES: Final = (
    Keep(
        name="windows in a pool of their own",
        source="configs/model_config.py, is_hybrid_swa_model",
        caches=("attention.key_value", "latent_attention.latent"),
        architectures=WINDOWED_POOL,
        windowed=True,
    ),
    Note(
        name="windows among the rest",
        source="configs/model_config.py, is_hybrid_swa_model",
        architectures=REGISTERED - WINDOWED_POOL,
        when=_has_windows,
        note="layers with a window keep the keys and values of all tokens: SGLang has no pool for them here",
    ),
    Keep(
        name="one pool for all layers",
        source="mem_cache/kv_cache_configurator.py: layer_num, num_effective_layers",
        caches=("attention.key_value",),
        architectures=_POOL_OF_ALL,
        layers=_layers_of_text,
        note="room is set aside for each token in every layer alike, in those without attention too, and in those that "
        "keep an encoder's output alone",
    ),
    Keep(
        name="one pool for an encoder's layers and its decoder's",
        source="configs/model_config.py: num_attention_layers",
        caches=("attention.key_value",),
        architectures=names("WhisperForConditionalGeneration"),
        layers=_layers_of_both,
        note="room is set aside for each token in the encoder's layers, too, and twice in each of the decoder's",
    ),
    Note(
        name="attention and experts as layers of their own",
        source="configs/zaya.py: full_attention_layer_ids; models/zaya.py: every other layer",
        architectures=names("ZayaForCausalLM"),
        note="SGLang counts each layer's attention and its experts as two of `num_hidden_layers`, and makes half of "
        "this model; the figures are of the whole",
    ),
    Keep(
        name="pools of layers that are run several times",
        source="model_executor/model_runner_components/layer_setup.py: num_effective_layers; configs/model_config.py: "
        "num_attention_layers",
        caches=("attention.key_value",),
        architectures=names("IQuestLoopCoderForCausalLM"),
        layers=_layers_of_loops,
        note="room is set aside for as many runs of each of a layer's runs as there are",
    ),
    Keep(
        name="no pool for what is attended to at once",
        source="arg_groups/model_hook.py: is_embedding_gemma, prefill_only_disable_kv_cache",
        caches=("attention.key_value",),
        architectures=names("EmbeddingGemmaModel Gemma3TextModel"),
        when=_looks_ahead,
        absent=True,
        note="nothing is kept of a text, which is embedded in one step, as on GPUs of compute capability 9.0 and 10.0",
    ),
    Keep(
        name="pages of the blocks that an indexer chooses",
        source="arg_groups/model_overrides/minimax_m3.py: page_size",
        caches=("attention.key_value", "indexer.indexer"),
        architectures=names("MiniMaxM3SparseForCausalLM MiniMaxM3SparseForConditionalGeneration"),
        page=128,
    ),
    Keep(
        name="pages of Beam",
        source="arg_groups/model_overrides/beam.py: trtllm_mha; arg_groups/overrides.py: its page_size",
        caches=("attention.key_value",),
        architectures=names("BeamForCausalLM"),
        when=lambda layout: layout.options["page_size"] not in _PAGES_OF_TRTLLM,
        page=64,
    ),
    Keep(
        name="pools for the heads of a data-parallel group",
        source="mem_cache/kv_cache_configurator.py: get_num_kv_heads of attn_tp_size",
        caches=("attention.key_value", "gated_delta_net.engine", *_CONVOLUTIONS, *_RECURRENCES),
        but=DP_ATTENTION | _STATES_OF_ALL,
        when=lambda layout: has_groups(layout) and not is_qwen3_inside(layout),
        over="tokens",
        note="pools have room on each rank for the heads of a data-parallel group, though layers are split over all",
    ),
    Keep(
        name="states for the heads of a data-parallel group",
        source="configs/mamba_utils.py: shapes of attn_tp_size",
        caches=(*_CONVOLUTIONS, *_RECURRENCES),
        architectures=DP_ATTENTION,
        but=_STATES_OF_ALL,
        over="tokens",
    ),
    Keep(
        name="room in layers that keep nothing of their own",
        source="model_executor/model_runner_components/layer_setup.py: num_effective_layers",
        caches=("attention.key_value",),
        idle=True,
        note="room is set aside in layers that keep nothing of their own, too: those of encoders, and those that read "
        "the keys and values of an earlier layer",
    ),
    Keep(
        name="no pool of a draft that reads its target's",
        source="speculative/frozen_kv_mtp_worker_v2.py: the target's pool",
        caches=("attention.key_value",),
        architectures=GEMMA4_ASSISTANTS,
        absent=True,
    ),
    Keep(
        name="room for states of convolutions that look ahead",
        source="configs/lfm2.py: mamba2_cache_params, of all layers with convolutions",
        caches=("short_convolution.convolution",),
        idle=True,
        note="room for a state is set aside in layers whose convolutions look ahead, too, which keep none",
    ),
    Keep(
        name="the indexer's keys in 8 bits",
        source=f"{_DSA}: quant_block_size",
        caches=("indexer.indexer",),
        architectures=DSA_POOL - _POOLED,
        dtype="float8_e4m3fn",
        note="the indexer's keys are kept in 8 bits, with a float32 scale for each 128 numbers",
    ),
    Beside(
        name="scales of the indexer's keys",
        source=f"{_DSA}: quant_block_size",
        kind="indexer",
        put=_indexer_scales,
        architectures=DSA_POOL - _POOLED,
    ),
    Keep(
        name="no keys of single tokens beside those of pools",
        source=f"{_DSA}: index_kpool_compress",
        caches=("indexer.indexer",),
        architectures=_POOLED,
        absent=True,
    ),
    Beside(
        name="the keys of an indexer's pools in 8 bits",
        source=f"{_DSA}: index_page_size, quant_block_size, _compress_tail_k, _compress_tail_score",
        kind="indexer",
        put=_pooled_keys,
        architectures=_POOLED,
        note="the indexer keeps one key of each pool of tokens, in 8 bits with a float32 scale for each 128 numbers, "
        "and keys and gates of the tokens whose pool isn't whole",
    ),
    Keep(
        name="DSA's pages of pools",
        source=f"{_DSA}: 64 keys of a page are those of 64 pools, of 16 tokens each",
        caches=("latent_attention.latent", "latent_attention.engine"),
        architectures=_POOLED,
        when=_has_indexer,
        page=1024,
    ),
    Keep(
        name="DSA's pages",
        source=f"{_DSA}: physical_page_size",
        caches=("latent_attention.latent", "latent_attention.engine", "indexer.indexer", "indexer.engine"),
        architectures=DSA_POOL,
        when=_has_indexer,
        page=64,
    ),
    Keep(
        name="keys and values in 8 bits",
        source="arg_groups/overrides.py, _muse_spark_overrides",
        caches=("attention.key_value",),
        architectures=MUSE_SPARK,
        when=lambda layout: layout.schedule.kv_cache_dtype is None,
        dtype="float8_e4m3fn",
        note="keys and values are kept in 8 bits unless `kv_cache_dtype` says otherwise",
    ),
    Keep(
        name="DSA's latents in 16 bits",
        source="arg_groups/overrides.py, _dsa_kv_cache_dtype_default",
        caches=("latent_attention.latent",),
        architectures=DSA_POOL,
        when=_keeps_the_default,
        dtype="bfloat16",
        note="latents are kept in bfloat16, as on GPUs of compute capability 9.0; from 10.0 on SGLang keeps them in "
        "8 bits (`kv_cache_dtype`: float8_e4m3fn)",
    ),
    Beside(
        name="DSA's latents in 8 bits",
        source="mem_cache/kv_cache_configurator.py, calculate_mla_kv_cache_dim",
        kind="latent_attention",
        put=_latent_scales,
        architectures=DSA_POOL,
        when=_keeps_8_bits,
        note="latents in 8 bits have a float32 scale for each 128 numbers, and their rotary part stays in 16 bits",
    ),
    Beside(
        name="states of convolutions of queries and keys",
        source="configs/jet_nemotron.py: mamba2_cache_params, conv_dim of Mamba2StateShape",
        kind="gated_delta_net",
        put=_unused_convolutions,
        architectures=_GENERATED,
        note="convolutions of values alone have room for states of queries and keys, too",
    ),
    Keep(
        name="16-bit states of convolutions",
        source=f"{_STATES}: conv; Mamba2StateShape, conv_kernel - 1",
        caches=_CONVOLUTIONS,
        dtype="bfloat16",
        less=1,
    ),
    Keep(
        name="float32 states",
        source=f"{_STATES}: temporal",
        caches=("mamba.state", "mamba2.state", "lightning_attention.state"),
        dtype="float32",
        note="recurrent states are kept in float32",
    ),
)
