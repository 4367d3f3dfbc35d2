"""What is stored otherwise than in the checkpoint: formats of tensors and padding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.rules import Store
from llmsim_adapters.engines.sglang.architectures import GEMMA3N, names
from llmsim_adapters.engines.sglang.quantized import QUANTIZED

if TYPE_CHECKING:
    from llmsim_adapters.engines.rules import Asked

_VOCABULARY: Final = "layers/vocab_parallel_embedding.py, pad_vocab_size"


_V4: Final = names("DeepseekV4ForCausalLM DeepseekV4ForCausalLMDSpark DeepseekV4ForCausalLMNextN")


def _mxfp4(layout: Asked) -> bool:
    """Whether experts are stored by the method that is for gpt-oss' experts."""
    quantization = layout.quantization
    if quantization is None or quantization.method not in ("mxfp4", "compressed-tensors"):
        return False
    return any(scheme.name == "mxfp4" for scheme in quantization.schemes)


def _index_head(layout: Asked) -> int:
    """Return the size of an indexer's heads."""
    from llmsim_adapters.spec.components import Indexer  # which few models have

    return next(part.head_dim for part in layout.spec.components() if isinstance(part, Indexer))


FLOAT32: Final = (
    Store(
        name="head in float32",
        source="models/falcon_h1.py, models/bailing_moe_linear.py: lm_head; layers/vocab_parallel_embedding.py",
        tensors=("head.weight",),
        architectures=names("BailingMoeV2_5ForCausalLM FalconH1ForCausalLM"),
        dtype="float32",
        rows_to=64,
        note="the head is kept in float32",
    ),
    Store(
        name="float32 decay of each rank",
        source="models/jet_nemotron.py: A_log",
        tensors=("gated_delta_net.A_log",),
        architectures=names("JetNemotronForCausalLM JetVLMForConditionalGeneration"),
        dtype="float32",
        over="none",
    ),
    Store(
        name="float32 decay",
        source="models/qwen3_next.py, models/nemotron_h.py, models/mamba.py: A_log",
        tensors=("gated_delta_net.A_log", "kimi_delta_attention.A_log", "mamba.A_log", "mamba2.A_log"),
        dtype="float32",
    ),
    Store(
        name="float32 convolution and time step",
        source="models/kimi_linear.py: qkv_conv1d, dt_bias",
        tensors=("kimi_delta_attention.conv1d.weight", "kimi_delta_attention.dt_bias"),
        dtype="float32",
        note="the convolutions of linear attention are kept in float32",
    ),
    Store(
        name="float32 scale of experts",
        source="models/inkling_common/moe.py, InklingGate: global_scale",
        tensors=tuple(
            f"text/{block}/mixture_of_experts_residual_convolved_residual.scale"
            for block in ("layer", "full_moe", "sliding_moe")
        ),
        dtype="float32",
    ),
    Store(
        name="float32 router",
        source="the model's file: params_dtype of the gate, router_dtype of what its checkpoints say",
        tensors=("mixture_of_experts.router",),
        architectures=names("""
            BailingMoeForCausalLMNextN BailingMoeV2ForCausalLM BailingMoeV2_5ForCausalLM BailingMoeV3ForCausalLM
            BailingMoeV3VLForConditionalGeneration BeamForCausalLM Ernie4_5_VLMoeForConditionalGeneration
            Glm4MoeForCausalLM
            Glm4MoeForCausalLMNextN Glm4MoeLiteForCausalLM Glm4MoeLiteForCausalLMNextN Grok1ForCausalLM
            Grok1ModelForCausalLM HYV3ForCausalLM HYV3ForCausalLMNextN HYV4ForCausalLM HYV4ForCausalLMNextN
            IQuestQ1ForCausalLM IQuestQ1MTP LLaDA2MoeModelLM LagunaForCausalLM LongcatFlashForCausalLM
            MiMoV2FlashForCausalLM MiMoV2ForCausalLM MiniMaxM2ForCausalLM MuseSparkForConditionalGeneration
            SarvamMoEForCausalLM
        """),
        dtype="float32",
        note="routers are kept in float32",
    ),
    Store(
        name="float32 hyper-connections and sinks",
        source="models/hunyuan_v4.py, models/deepseek_v4.py: hc_pre, hc_attn_fn, hc_head, learnable_sink_param",
        tensors=(
            *("hyper_connection.fn", "hyper_connection.base", "hyper_connection.scale"),
            *("hyper_head.fn", "hyper_head.base", "hyper_head.scale", "latent_attention.sinks"),
        ),
        architectures=_V4 | names("Glm5NextForConditionalGeneration HYV4ForCausalLM HYV4ForCausalLMNextN"),
        dtype="float32",
    ),
    Store(
        name="float32 sinks of each rank",
        source="models/deepseek_v4.py: attn_sink",
        tensors=("compressed_attention.sinks",),
        architectures=_V4,
        dtype="float32",
        over="none",
    ),
    Store(
        name="float32 positions and norms of compressed tokens",
        source="layers/attention/dsv4/compressor.py: ape, norm",
        tensors=tuple(
            f"{of}.compressor.{name}"
            for of in ("compressed_attention", "indexer")
            for name in ("position_bias", "kv_norm")
        ),
        architectures=_V4,
        dtype="float32",
    ),
    Store(
        name="time steps of each rank",
        source="models/jet_nemotron.py: dt_bias",
        tensors=("gated_delta_net.dt_bias",),
        architectures=names("JetNemotronForCausalLM JetVLMForConditionalGeneration"),
        over="none",
    ),
    Store(
        name="split generator of kernels",
        source="models/jet_nemotron.py: kernel_generator.w1",
        tensors=("gated_delta_net.kernel_a_proj",),
        architectures=names("JetNemotronForCausalLM JetVLMForConditionalGeneration"),
        over="all",
    ),
    Store(
        name="padded gates of latent attention",
        source="models/dots3_common/modeling.py: g_proj_local_dim_padded",
        tensors=("latent_attention.gate_proj",),
        architectures=names("Dots3NoteForCausalLM Dots3NoteForCausalLMNextN"),
        rows_to=8,
        each=True,
    ),
    Store(
        name="tables of experts by token in 32 bits",
        source="layers/moe/hash_topk.py: tid2eid",
        tensors=("mixture_of_experts.token_table",),
        architectures=_V4,
        dtype="int32",
    ),
    Store(
        name="an unquantized projection",
        source="models/deepseek_v4.py: wo_a, as on SM 9.0",
        tensors=("compressed_attention.o_a_proj",),
        architectures=_V4,
        dtype="usual",
        note="the first half of the output projection is stored unquantized",
    ),
    Store(
        name="no scales of an unquantized projection",
        source="models/deepseek_v4.py: wo_a, as on SM 9.0",
        tensors=("compressed_attention.o_a_proj_scale",),
        architectures=_V4,
        absent=True,
    ),
    Store(
        name="16-bit correction of scores",
        source="models/ernie4.py, models/kimi_linear.py: e_score_correction_bias",
        tensors=("mixture_of_experts.score_correction_bias",),
        architectures=names("Ernie4_5_MoeForCausalLM KimiLinearForCausalLM"),
        dtype="usual",
    ),
    Store(
        name="float32 norm of the indexer's keys",
        source="layers/attention/dsa/dsa_indexer.py: k_norm",
        tensors=("indexer.k_norm", "indexer.k_norm.bias"),
        architectures=names("""
            DeepseekV32ForCausalLM Glm5NextForConditionalGeneration Glm5NextForConditionalGenerationNextN
            GlmMoeDsaForCausalLM GlmMoeDsaForCausalLMNextN HYV4ForCausalLM HYV4ForCausalLMNextN
        """),
        dtype="float32",
    ),
    Store(
        name="float32 weights of an indexer's heads and of places in its pools",
        source="layers/attention/dsa/dsa_indexer.py: weights_proj, index_kpool_compress_ape",
        tensors=("indexer.weights_proj", "indexer.pool_places"),
        architectures=names("Glm5NextForConditionalGeneration Glm5NextForConditionalGenerationNextN"),
        dtype="float32",
    ),
    Store(
        name="split projection of a draft's inputs",
        source="models/mistral_eagle.py, mistral_large_3_eagle.py, kimi_k25_eagle3.py, dspark_minimax.py: fc",
        tensors=("model/inputs/projection.weight",),
        architectures=names("""
            DSparkMiniMaxDraftModel Eagle3DeepseekV2ForCausalLM MistralForCausalLMEagle MistralLarge3ForCausalLMEagle
        """),
        over="all",
    ),
    Store(
        name="split projection of layers' own embeddings",
        source="models/embedding_gemma2.py: per_layer_model_projection",
        tensors=("per_layer_embedding.projection",),
        architectures=names("EmbeddingGemma2Model"),
        over="all",
    ),
    Store(
        name="split projection of a prediction module",
        source="models/nemotron_h_mtp.py: eh_proj",
        tensors=("next_token_input.eh_proj",),
        architectures=names("NemotronHForCausalLMMTP"),
        over="tokens",
    ),
    Store(
        name="float32 scale of alternating updates",
        source="models/gemma3n_causal.py: correct_output_scale",
        tensors=("alternating_updates.scale",),
        architectures=GEMMA3N,
        dtype="float32",
    ),
)
"""What has a format of its own, whatever that of the model's weights."""

SHAPES: Final = (
    Store(
        name="head padded further",
        source="models/muse_glimmer.py: padding_size of the head",
        tensors=("head.weight",),
        architectures=names("MuseGlimmerForCausalLM MuseGlimmerForConditionalGeneration"),
        rows_to=128,
        note="the rows of the head are padded to a multiple of 128",
    ),
    Store(
        name="padded vocabulary",
        source=_VOCABULARY,
        tensors=("embedding.weight", "head.weight", "head.bias"),
        rows_to=64,
    ),
    Store(
        name="whole norms of queries and keys",
        source="models/olmo2.py, models/olmoe.py: q_norm, k_norm",
        tensors=("attention.q_norm", "attention.k_norm"),
        architectures=names("Olmo2ForCausalLM OlmoeForCausalLM"),
        over="none",
        note="norms of queries and keys are whole on every rank",
    ),
    Store(
        name="queries of an indexer",
        source="models/minimax_m3.py: index_qkv_proj",
        tensors=("indexer.q_proj", "indexer.q_proj_scale"),
        architectures=names("MiniMaxM3SparseForCausalLM MiniMaxM3SparseForConditionalGeneration"),
        over="tokens",
        whole_heads=_index_head,
        note="heads of an indexer are split over the ranks of a group",
    ),
    Store(
        name="results of attention of each group",
        source="models/sdar_moe.py: o_proj, beside a qkv_proj of all ranks",
        tensors=("attention.o_proj",),
        architectures=names("SDARMoeForCausalLM"),
        over="tokens",
    ),
    Store(
        name="projections of all ranks",
        source="models/gemma3n_causal.py, models/embedding_gemma2.py: ColumnParallelLinear",
        tensors=(
            "per_layer_embedding.projection",
            *[f"stream_projections.projection_{stream}" for stream in range(8)],
        ),
        architectures=GEMMA3N | names("EmbeddingGemma2Model"),
        over="all",
    ),
    Store(
        name="whole biases of experts' results",
        source="layers/quantization/unquant.py: w2_weight_bias",
        tensors=("mixture_of_experts.experts.down_proj.bias",),
        over="experts",
    ),
    Store(
        name="padded experts: gate and up",
        source="layers/quantization/mxfp4.py: triton kernels, as on SM 9.0",
        tensors=("mixture_of_experts.experts.gate_up_proj", "mixture_of_experts.experts.up_proj.bias"),
        when=_mxfp4,
        width_to=2 * 64,
        note="a rank's part of the width of each expert is padded to a multiple of 64",
    ),
    Store(
        name="padded experts: down",
        source="layers/quantization/mxfp4.py: triton kernels, as on SM 9.0",
        tensors=("mixture_of_experts.experts.down_proj",),
        when=_mxfp4,
        width_to=64,
    ),
)
"""What has more rows or columns than the model's, or is split over other ranks than what is around it."""

STORAGE: Final = (*FLOAT32, *SHAPES, *QUANTIZED)
