"""Tensors of towers that are stored otherwise than their ranks split the rest, and what is stored beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.rules import Beside, Store
from llmsim_adapters.engines.sglang.architectures import MUSE_SPARK, QWEN3_OMNI, QWEN3_VL, names

if TYPE_CHECKING:
    from llmsim_adapters.engines.rules import Rule, Shelf
    from llmsim_adapters.spec.components import Attention, Head, Norm, PositionEmbedding

_CONFORMERS: Final = names("Gemma3nForConditionalGeneration Gemma4ForConditionalGeneration")

_LAYERS: Final = ("layer", "sliding_dense", "full_dense")
"""What layers of an encoder are called, where some attend within windows, too."""


def _unbiased(attention: Attention, shelf: Shelf) -> None:
    """Biases of all projections."""
    head_dim, queries, keys = attention.head_dim, attention.num_attention_heads, attention.num_key_value_heads
    if not attention.qkv_bias:
        shelf.store("q_proj.bias", (queries * head_dim,), "heads")
        for name in ("k_proj", "v_proj"):
            shelf.store(f"{name}.bias", (keys * head_dim,), "kv_heads")
    if not attention.o_bias:
        shelf.store("o_proj.bias", (attention.hidden_size,))


def _head(head: Head, shelf: Shelf) -> None:
    """A head of its own where the model's is the embedding."""
    if head.weight_of != "itself":
        shelf.store("weight", (head.vocab_size, head.hidden_size), "vocabulary")


def _again(head: Head, shelf: Shelf) -> None:
    """Another head."""
    shelf.store("second_weight", (head.vocab_size, head.hidden_size), "vocabulary")


def _packed(positions: PositionEmbedding, shelf: Shelf) -> None:
    """A table of positions of packed pictures, which nothing reads."""
    shelf.store("packing", (shelf.constant(32768, "packed_positions"), positions.hidden_size))


def _second(norm: Norm, shelf: Shelf) -> None:
    """A norm like this one."""
    shelf.store("second", (norm.size,))
    shelf.store("second.bias", (norm.size,))


def _again_out(attention: Attention, shelf: Shelf) -> None:
    """Another projection of the results, of which none are given."""
    width = attention.num_attention_heads * attention.head_dim
    shelf.store("second_o_proj", (attention.hidden_size, width), "row")
    shelf.store("second_o_proj.bias", (attention.hidden_size,))


def _key_bias(attention: Attention, shelf: Shelf) -> None:
    """The bias of keys that a bias of queries, keys and values together has."""
    if attention.qkv_bias and not attention.key_bias:
        shelf.store("k_proj.bias", (attention.num_key_value_heads * attention.head_dim,), "kv_heads")


_STORES: Final = (
    Store(
        name="networks of the encoder of sound",
        source="models/qwen3_omni_moe.py, Qwen3OmniMoeAudioEncoderLayer: ColumnParallelLinear",
        tensors=tuple(f"audio/layer/mlp.{name}" for name in ("up_proj", "up_proj.bias", "down_proj")),
        architectures=QWEN3_OMNI,
        over="all",
    ),
    Store(
        name="second projection of all ranks",
        source="models/step3_vl.py, Step3VisionAttention: RowParallelLinear",
        tensors=("vision/layer/attention.second_o_proj",),
        architectures=names("Step3VLForConditionalGeneration"),
        over="all",
    ),
    Store(
        name="whole encoder of sound",
        source="models/minicpmo.py: MiniCPMWhisperEncoder, made of Transformers' own layers; models/phi4mm_audio.py",
        tensors=("audio/",),
        architectures=names("MiniCPMO Phi4MMForCausalLM"),
        over="none",
    ),
    Store(
        name="networks of convolutions of each rank",
        source="layers/muse_spark/muse_spark_audio.py: modules of torch",
        tensors=tuple(
            f"audio/convolutions_{stage}/mlp.{part}"
            for stage in range(1, 17)
            for part in ("up_proj", "up_proj.bias", "down_proj", "down_proj.bias")
        ),
        architectures=MUSE_SPARK,
        over="none",
    ),
    Store(
        name="positions of patches, split by each group",
        source="models/qwen3_vl.py: pos_embed",
        tensors=("vision/before/position_embedding.weight",),
        architectures=QWEN3_VL | QWEN3_OMNI,
        over="tokens",
        rows_to=64,
    ),
    Store(
        name="positions of patches, split by all ranks",
        source="models/siglip.py, SiglipVisionEmbeddings: VocabParallelEmbedding",
        tensors=("vision/before/position_embedding.weight",),
        architectures=names("Gemma3ForConditionalGeneration"),
        over="all",
        rows_to=64,
    ),
    Store(
        name="padded networks of the tower",
        source="models/qwen2_5_vl.py, Qwen2_5_VisionTransformer: mlp_hidden_size",
        tensors=tuple(
            f"vision/{layer}/mlp.{name}{bias}"
            for layer in _LAYERS
            for name in ("gate_proj", "up_proj")
            for bias in ("", ".bias")
        ),
        architectures=names("BailingMMNativeForConditionalGeneration Qwen2_5_VLForConditionalGeneration"),
        rows_to=8,
        note="the width of the networks of the encoder of pictures is padded to a multiple of 8",
    ),
    Store(
        name="padded networks of the tower: down",
        source="models/qwen2_5_vl.py, Qwen2_5_VisionTransformer: mlp_hidden_size",
        tensors=tuple(f"vision/{layer}/mlp.down_proj" for layer in _LAYERS),
        architectures=names("BailingMMNativeForConditionalGeneration Qwen2_5_VLForConditionalGeneration"),
        columns_to=8,
    ),
    Store(
        name="patches of all ranks",
        source="models/mllama.py, ColumnParallelConv2dPatch",
        tensors=("vision/before/convolution.weight",),
        architectures=names("MllamaForConditionalGeneration"),
        over="all",
    ),
    Store(
        name="conformer of all ranks",
        source="models/gemma3n_audio.py, models/gemma4_audio.py: lconv1d, input_proj_linear",
        tensors=(
            "convolution_module.gated_proj",
            "convolution_module.out_proj",
            "audio/before/projection.weight",
        ),
        summed=("convolution_module.out_proj", "audio/before/projection.weight"),
        architectures=_CONFORMERS,
        over="all",
    ),
    Store(
        name="depthwise convolution of each group",
        source="models/gemma4_audio.py: hidden_per_tp",
        tensors=("convolution_module.depthwise.weight", "convolution_module.norm"),
        architectures=names("Gemma4ForConditionalGeneration"),
        over="tokens",
    ),
)

_BESIDE: Final = (
    *[
        Beside(
            name="biases that the model doesn't have",
            source="layers/attention/vision.py, VisionAttention: qkv_bias, proj_bias",
            kind=f"vision/{block}/attention",
            put=_unbiased,
            architectures=names("MllamaForConditionalGeneration"),
            note="attention in the encoder of pictures has biases, which the checkpoint doesn't have",
        )
        for block in ("local", "global")
    ],
    Beside(
        name="a head of its own beside a tower",
        source="models/lfm2_vl.py; models/lfm2.py: tied weights are copied as they are loaded",
        kind="head",
        put=_head,
        architectures=names("Lfm2VlForConditionalGeneration"),
        note="the head has a copy of the embedding, though they are tied",
    ),
    Beside(
        name="two heads",
        source="models/dots_ocr.py: its language model, a Qwen2ForCausalLM, has one, too",
        kind="head",
        put=_again,
        architectures=names("DotsOCRForCausalLM"),
        note="the model has two heads, of which one is run",
    ),
    Beside(
        name="two projections of an encoder's attention",
        source="models/step3_vl.py, Step3VisionAttention: out_proj beside that of VisionAttention",
        kind="vision/layer/attention",
        put=_again_out,
        architectures=names("Step3VLForConditionalGeneration"),
        note="attention in the encoder of pictures has two output projections, of which one is run",
    ),
    Beside(
        name="a norm after the encoder's layers",
        source="models/minimax_vl_common.py: post_layernorm",
        kind="vision/before/norm",
        put=_second,
        architectures=names("MiniMaxM3SparseForConditionalGeneration"),
        note="the encoder of pictures has a norm after its layers, which the checkpoint doesn't have",
    ),
    Beside(
        name="positions of packed pictures",
        source="models/paddleocr_vl.py: packing_position_embedding",
        kind="vision/before/position_embedding",
        put=_packed,
        architectures=names("PaddleOCRVLForConditionalGeneration"),
        note="the encoder of pictures has a second table of positions, unused",
    ),
    Beside(
        name="biases of keys",
        source="models/voxtral.py, models/whisper.py: QKVParallelLinear",
        kind="attention",
        put=_key_bias,
        architectures=names("VoxtralForConditionalGeneration WhisperForConditionalGeneration"),
    ),
)

_TEXTS: Final = (
    Store(
        name="head tied by Transformers",
        source="models/paddleocr_vl.py; transformers, PaddleOCRVLConfig: a flat config leaves its default to tie",
        tensors=("head.weight",),
        architectures=names("PaddleOCRVLForConditionalGeneration"),
        absent=True,
        note="the head is the embedding, whatever `tie_word_embeddings` says",
    ),
    Store(
        name="no low-rank adapters of a model's own",
        source="models/phi4mm.py: load_weights passes over them",
        tensors=("vision_adapters/", "speech_adapters/"),
        architectures=names("Phi4MMForCausalLM"),
        absent=True,
        note="the adapters for pictures and sound are not loaded",
    ),
    Store(
        name="thinker alone",
        source="models/qwen3_omni_moe.py: enable_talker",
        tensors=("talker/", "code_predictor/", "code2wav/"),
        architectures=names("Qwen3OmniMoeForConditionalGeneration"),
        absent=True,
        note="the thinker alone is loaded: what speaks is left out",
    ),
    Store(
        name="attention to pictures of all ranks",
        source="models/moss_vl.py, MossVLTextCrossAttention: ColumnParallelLinear, RowParallelLinear",
        tensors=(
            *(f"text/cross/cross_attention.{part}_proj{bias}" for part in "qkv" for bias in ("", ".bias")),
            "text/cross/cross_attention.o_proj",
        ),
        architectures=names("MossVLForConditionalGeneration"),
        over="all",
    ),
    Store(
        name="MiniCPM-o without what speaks",
        source="models/minicpmo.py: init_tts is set to false",
        tensors=("talker/",),
        architectures=names("MiniCPMO"),
        absent=True,
        note="what speaks is not loaded",
    ),
    Store(
        name="float32 router of GLM-4.5V",
        source="models/glm4_moe.py: gate",
        tensors=("mixture_of_experts.router",),
        architectures=names("Glm4vMoeForConditionalGeneration"),
        dtype="float32",
        note="routers are kept in float32",
    ),
)

TOWER_TENSORS: Final[tuple[Rule, ...]] = (*_TEXTS, *_STORES, *_BESIDE)
