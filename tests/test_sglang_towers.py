"""SGLang's rules for encoders on small configs: what one rank stores of towers, tables and poolers, by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la

if TYPE_CHECKING:
    from llmsim_adapters.graph import OperatorGraph, Weight

TEXT: Final[dict[str, Any]] = {
    "hidden_size": 256,
    "intermediate_size": 512,
    "num_hidden_layers": 2,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "vocab_size": 1000,
}
QWEN25_VL: Final[dict[str, Any]] = {
    **TEXT,
    "model_type": "qwen2_5_vl",
    "architectures": ["Qwen2_5_VLForConditionalGeneration"],
    "dtype": "bfloat16",
    "vision_config": {
        "hidden_size": 64,
        "num_heads": 4,
        "intermediate_size": 100,
        "depth": 3,
        "out_hidden_size": 256,
    },
}
QWEN3_VL: Final[dict[str, Any]] = {
    "model_type": "qwen3_vl",
    "architectures": ["Qwen3VLForConditionalGeneration"],
    "dtype": "bfloat16",
    "text_config": {**TEXT, "head_dim": 32},
    "vision_config": {
        "hidden_size": 64,
        "num_heads": 4,
        "intermediate_size": 128,
        "depth": 3,
        "out_hidden_size": 256,
        "num_position_embeddings": 256,
        "deepstack_visual_indexes": [1],
    },
}
WHISPER: Final[dict[str, Any]] = {
    "model_type": "whisper",
    "architectures": ["WhisperForConditionalGeneration"],
    "dtype": "float16",
    "d_model": 64,
    "vocab_size": 1000,
    "encoder_layers": 3,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 128,
    "decoder_ffn_dim": 128,
}
BERT: Final[dict[str, Any]] = {
    "model_type": "bert",
    "architectures": ["BertModel"],
    "dtype": "float16",
    "hidden_size": 256,
    "intermediate_size": 512,
    "num_hidden_layers": 2,
    "num_attention_heads": 8,
    "vocab_size": 1000,
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
}


GLM4V: Final[dict[str, Any]] = {
    **TEXT,
    "model_type": "glm4v",
    "architectures": ["Glm4vForConditionalGeneration"],
    "dtype": "bfloat16",
    "vision_config": {
        "hidden_size": 48,
        "num_heads": 6,
        "intermediate_size": 512,
        "depth": 3,
        "out_hidden_size": 256,
        "attention_bias": True,
        "image_size": 28,
        "patch_size": 14,
    },
}


def graph(config: dict[str, Any], **schedule: Any) -> OperatorGraph:
    return la.load(config).build(la.Schedule(engine="sglang", **schedule))


def elements(graph: OperatorGraph, path: str) -> int:
    """Elements of one set of a tensor that a rank has; `path` is stack, block and name."""
    (found,) = [weight for weight in graph.weights if f"{weight.stack}/{weight.block}/{weight.name}" == path]
    return found.rank_elements // found.count


def stored(graph: OperatorGraph) -> list[Weight]:
    return [weight for weight in graph.weights if weight.role == "stored"]


@pytest.mark.parametrize("schedule", [{"tp_size": 4}, {"tp_size": 2, "dp_size": 2}, {"dp_size": 4}])
def test_attention_of_a_tower_is_the_groups_and_networks_and_mergers_are_all_ranks(schedule: dict[str, Any]) -> None:
    built = graph(QWEN25_VL, **schedule)
    assert elements(built, "vision/sliding_dense/attention.q_proj") == 64 // schedule.get("tp_size", 1) * 64
    merged = 4 * 64
    assert elements(built, "vision/after/projection.weight") == merged // 4 * merged
    assert elements(built, "vision/after/projection.weight.bias") == merged // 4
    assert elements(built, "vision/after/projection_2.weight") == 256 * merged // 4
    assert elements(built, "vision/after/projection_2.weight.bias") == 256


@pytest.mark.parametrize(("ranks", "width"), [(1, 104), (2, 52), (4, 26)])
def test_the_width_of_qwen25_vls_tower_is_padded_to_a_multiple_of_8(ranks: int, width: int) -> None:
    built = graph(QWEN25_VL, tp_size=ranks)
    assert elements(built, "vision/sliding_dense/mlp.up_proj") == width * 64
    assert elements(built, "vision/sliding_dense/mlp.up_proj.bias") == width
    assert elements(built, "vision/sliding_dense/mlp.down_proj") == 64 * width
    assert any("multiple of 8" in note for note in built.notes)
    assert built.parameters == la.load(QWEN25_VL).build(la.Schedule(engine="checkpoint")).parameters


def test_the_whole_of_qwen3_vls_tower_is_split_by_each_data_parallel_group() -> None:
    built = graph(QWEN3_VL, tp_size=2, dp_size=2)
    assert elements(built, "vision/layer/mlp.up_proj") == 128 // 2 * 64
    assert elements(built, "vision/before/position_embedding.weight") == 256 // 2 * 64
    for first in ("projection", "projection_3"):  # one merger after the last layer, one of deepstack
        assert elements(built, f"vision/after/{first}.weight") == 256 // 2 * 256


def test_heads_of_a_tower_that_no_ranks_can_share_are_padded_where_sglang_has_dummies() -> None:
    built = graph(GLM4V, tp_size=4)  # 6 heads of 8, padded to 8: two a rank
    assert elements(built, "vision/layer/attention.q_proj") == 2 * 8 * 48
    assert elements(built, "vision/layer/attention.k_proj.bias") == 2 * 8
    assert elements(built, "vision/layer/attention.o_proj") == 48 * 2 * 8
    assert any("heads of the encoder of pictures are padded" in note for note in built.notes)
    assert built.parameters == la.load(GLM4V).build(la.Schedule(engine="checkpoint")).parameters
    even = graph(GLM4V, tp_size=2)
    assert elements(even, "vision/layer/attention.q_proj") == 3 * 8 * 48


def running(graph: OperatorGraph, block: str, name: str) -> tuple[int, int, int]:
    """What a rank runs of one operator of the encoder of pictures: how many products, and their n and k."""
    (found,) = [op for op in graph.operators if (op.stack, op.block, op.name) == ("vision", block, name)]
    return found.batch, found.n, found.k


def sums(graph: OperatorGraph, name: str) -> list[int]:
    """Over how many ranks the encoder's sums of a name go."""
    return [each.ranks for each in graph.transfers if each.stack == "vision" and each.name == f"{name}.all_reduce"]


def test_a_rank_runs_its_part_of_padded_heads() -> None:
    built = graph(GLM4V, tp_size=4, images=((56, 56),))  # 6 heads of 8, padded to 8: two a rank
    assert running(built, "layer", "attention.q_proj") == (1, 2 * 8, 48)
    batch, _, width = running(built, "layer", "attention.scores")
    assert (batch, width) == (2, 8)
    assert running(built, "layer", "attention.o_proj") == (1, 48, 2 * 8)
    assert sums(built, "attention.o_proj") == [4]


def test_a_rank_runs_its_part_of_a_merger_and_all_ranks_add_up() -> None:
    built = graph(QWEN25_VL, tp_size=2, dp_size=2, images=((56, 56),))
    assert running(built, "after", "projection.weight") == (1, 256 // 4, 256)
    assert running(built, "after", "projection_2.weight") == (1, 256, 256 // 4)
    assert sums(built, "projection_2.weight") == [4]
    assert running(built, "sliding_dense", "mlp.down_proj") == (1, 64, 104 // 4)  # its width of 100 is padded
    assert sums(graph(QWEN3_VL, tp_size=2, dp_size=2, images=((64, 64),)), "projection_2.weight") == [2]


def test_the_norm_of_glms_merger_is_kept_in_float32_and_its_network_is_the_groups() -> None:
    built = graph(GLM4V, tp_size=2, dp_size=2)
    (norm,) = [weight for weight in built.weights if weight.name == "norm_2.weight"]
    assert norm.rank_dtype == "float32"
    assert elements(built, "vision/after/mlp.up_proj") == 512 // 2 * 256


def test_heads_of_a_tower_that_no_ranks_can_share_are_refused_elsewhere() -> None:
    config = {**QWEN3_VL, "vision_config": {**QWEN3_VL["vision_config"], "hidden_size": 48, "num_heads": 6}}
    with pytest.raises(la.ScheduleError, match=r"`tp_size` is 4; expected a divisor of .*6"):
        graph(config, tp_size=4)
    assert la.load(config).build(la.Schedule(engine="checkpoint", tp_size=4)).weights  # whole, by the neutral rules


def test_whispers_ranks_split_its_layers_and_its_head_but_have_the_whole_embedding() -> None:
    built = graph(WHISPER, tp_size=2, dp_size=2)
    assert elements(built, "audio/layer/attention.q_proj") == 64 // 4 * 64
    assert elements(built, "model/inputs/embedding.weight") == 1000 * 64
    assert elements(built, "model/outputs/head.weight") == 1024 // 4 * 64  # 1000 rows, padded to 64


def test_fused_projections_of_whisper_have_a_bias_of_keys() -> None:
    biases = [weight for weight in stored(graph(WHISPER, tp_size=4)) if weight.name.endswith("k_proj.bias")]
    assert sum(weight.count for weight in biases) == 3 + 2 + 2  # the encoder's, the decoder's, and those to the encoder
    assert {weight.rank_elements // weight.count for weight in biases} == {64 // 4}


@pytest.mark.parametrize(
    ("ranks", "positions", "kinds"),
    [(1, 512, 64), (4, 128, 16)],  # tables are padded to 64 rows, then split
)
def test_berts_tables_are_split_and_its_pooler_is_absent(ranks: int, positions: int, kinds: int) -> None:
    built = graph(BERT, tp_size=ranks)
    assert elements(built, "model/inputs/position_embedding.weight") == positions * 256
    assert elements(built, "model/inputs/position_embedding_2.weight") == kinds * 256
    assert elements(built, "model/outputs/projection.weight") == 0
    assert [(weight.name, weight.rank_elements) for weight in stored(built)] == [
        ("position_embedding.position_ids", 512)
    ]
    assert built.parameters == la.load(BERT).build(la.Schedule(engine="checkpoint")).parameters


def test_a_reranker_keeps_its_dense_layer() -> None:
    config = {**BERT, "model_type": "xlm-roberta", "architectures": ["XLMRobertaForSequenceClassification"]}
    assert elements(graph(config, tp_size=2), "model/outputs/score.dense") == 256 * 256


def test_gemma_4_has_a_projection_of_values_where_the_keys_are_the_values() -> None:
    config = {
        **TEXT,
        "model_type": "gemma4_text",
        "architectures": ["Gemma4ForCausalLM"],
        "dtype": "bfloat16",
        "head_dim": 32,
        "global_head_dim": 64,
        "num_global_key_value_heads": 2,
        "num_kv_shared_layers": 0,
        "attention_k_eq_v": True,
        "hidden_size_per_layer_input": 0,
        "layer_types": ["sliding_attention", "full_attention"],
    }
    built = graph(config, tp_size=2)
    assert [(weight.name, weight.rank_elements) for weight in stored(built)] == [("attention.v_proj", 64 * 256)]
    assert any("projection of values too" in note for note in built.notes)
