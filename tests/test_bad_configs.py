"""Bad input: one answer that names every bad key, never an exception, never a silent default."""

from __future__ import annotations

import copy
from typing import Any, ClassVar

import pytest

import llmsim_adapters as la
from llmsim_adapters.dialects.keys.kinds import OF_NO_WEIGHT
from tests.facts import CASES, LLAMA, checkpoint

DEEPSEEK = la.load("deepseek-ai/DeepSeek-V3").config.data
TINY: dict[str, dict[str, Any]] = {name: case["config"] for name, case in CASES if case["name"] == "tiny-full"}
UNKNOWN = {**LLAMA, "model_type": "brand_new"}


def gaps(config: dict[str, Any]) -> list[tuple[str, str]]:
    return [(str(gap.kind), gap.name) for gap in la.evaluate(config).gaps]


@pytest.mark.parametrize(
    "value",
    [None, 0, -1, 10**12, "96", 96.0, True, [96], {"a": 1}, float("nan"), float("inf"), ""],
    ids=repr,
)
@pytest.mark.parametrize("key", ["hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size"])
def test_a_size_that_can_not_be_is_invalid_and_named(key: str, value: Any) -> None:
    coverage = la.evaluate({**LLAMA, key: value})
    assert coverage.status == "not_supported"
    assert [(str(gap.kind), gap.name) for gap in coverage.gaps] == [("invalid_config", key)]
    assert f"`{key}`" in coverage.gaps[0].detail
    assert "expected an integer from 1 to" in coverage.gaps[0].detail


def test_every_bad_key_is_named_at_once() -> None:
    config = {**LLAMA, "hidden_size": "96", "vocab_size": -5, "num_hidden_layers": None}
    assert sorted(gaps(config)) == [
        ("invalid_config", "hidden_size"),
        ("invalid_config", "num_hidden_layers"),
        ("invalid_config", "vocab_size"),
    ]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"num_key_value_heads": 3}, "num_key_value_heads"),
        ({"hidden_size": 100}, "num_attention_heads"),
        ({"head_dim": "16"}, "head_dim"),
        ({"num_attention_heads": [4, 4, 4]}, "num_attention_heads"),
        ({"model_type": 3}, "model_type"),
        ({"quantization_config": [1]}, "quantization_config"),
        ({"attention_bias": 1, "hidden_size": 0}, "attention_bias"),
    ],
)
def test_contradictions_and_wrong_types_are_invalid_and_named(change: dict[str, Any], key: str) -> None:
    """A model of other sizes than the config says, or of the class's own, would be another model."""
    assert ("invalid_config", key) in gaps({**LLAMA, **change})
    assert la.evaluate({**LLAMA, **change}).status == "not_supported"


@pytest.mark.parametrize(
    "change",
    [
        {"attention_bias": 1},
        {"mlp_bias": "false"},
        {"hidden_act": 7},
        {"hidden_act": ["silu"]},
        {"tie_word_embeddings": "yes"},
        {"torch_dtype": "float12"},
        {"partial_rotary_factor": 2},
        {"max_position_embeddings": -1},
        {"architectures": "LlamaForCausalLM"},
        {"rope_scaling": 5},
        {"rope_parameters": "default"},
        {"attention_bias": 1, "hidden_act": None, "tie_word_embeddings": 0},
    ],
    ids=repr,
)
def test_what_can_be_built_without_a_bad_key_is(change: dict[str, Any]) -> None:
    """The class has a flag, a word or a rule in its place, or the key bears on no figure."""
    bad = {key: value for key, value in change.items() if value is not None}
    model = la.load({**LLAMA, **bad})
    assert model.coverage.status == "partially_supported"
    assert sorted(gaps({**LLAMA, **bad})) == sorted(("invalid_config", key) for key in bad)
    assert all("read as if it had no such key" in gap.detail for gap in model.coverage.gaps)
    without = {key: value for key, value in LLAMA.items() if key not in bad}
    assert model.build().parameters == la.build(without).parameters


@pytest.mark.parametrize(
    ("model_type", "key"),
    [
        *((name, "sliding_window") for name in ("mistral", "gemma2", "gpt_oss", "cohere2", "phi3")),
        *((name, "num_experts_per_tok") for name in ("mixtral", "qwen3_moe", "deepseek_v3")),
        *(("deepseek_v32", "index_topk"), ("llama4_text", "attention_chunk_size"), ("mamba2", "chunk_size")),
        *((name, "num_nextn_predict_layers") for name in ("deepseek_v3", "glm4_moe")),
    ],
)
@pytest.mark.parametrize("bad", [-1, "4", 2**40])
def test_so_is_what_a_number_does_not_bear_on(model_type: str, key: str, bad: object) -> None:
    """Every weight is there, and a step of the class's own number is an assumption."""
    tiny = {name: value for name, value in TINY[model_type].items() if name != key}
    model = la.load({**tiny, key: bad})
    assert model.coverage.status == "partially_supported"
    assert ("invalid_config", key) in gaps({**tiny, key: bad})
    assert model.build(checkpoint()).parameters == la.build(TINY[model_type], checkpoint()).parameters


SIZED_BY = {
    ("jetmoe", "num_experts_per_tok"),  # queries have heads for each expert that a token goes to
    ("inkling_text", "sliding_window"),  # and so have logits of relative positions for each token of the window
    ("inkling2_text", "sliding_window"),
    ("inkling2_loop_text", "sliding_window"),
}


@pytest.mark.parametrize("model_type", sorted(TINY))
def test_no_weight_depends_on_such_a_number(model_type: str) -> None:
    before = la.load(TINY[model_type])
    parameters = before.build(checkpoint()).parameters
    for name, parameter in before.coverage.parameters.items():
        if name in OF_NO_WEIGHT and parameter.key in TINY[model_type] and isinstance(parameter.value, int):
            after = la.load({**TINY[model_type], parameter.key: max(1, int(parameter.value) - 1)})
            bad = la.evaluate({**TINY[model_type], parameter.key: -1})
            without = la.evaluate({key: value for key, value in TINY[model_type].items() if key != parameter.key})
            stays = (model_type, name) not in SIZED_BY and without.status != "not_supported"
            assert bad.status == ("partially_supported" if stays else "not_supported")
            if (model_type, name) not in SIZED_BY:
                assert after.build(checkpoint()).parameters == parameters, parameter.key


@pytest.mark.parametrize("bad", [-1, 0, 1e30, "1.5", True, [1.0]])
def test_a_number_that_makes_a_size_is_refused_as_sizes_are(bad: object) -> None:
    config = {**TINY["lfm2"], "block_auto_adjust_ff_dim": True, "block_ffn_dim_multiplier": bad}
    assert la.evaluate(config).status == "not_supported"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"num_experts_per_tok": 300}, "num_experts_per_tok"),
        ({"num_key_value_heads": 64}, "num_key_value_heads"),
        ({"n_routed_experts": 0}, "n_routed_experts"),
        ({"kv_lora_rank": None}, "kv_lora_rank"),
        ({"num_nextn_predict_layers": -1}, "num_nextn_predict_layers"),
        ({"quantization_config": {"quant_method": "fp8", "weight_block_size": [0, 128]}},
         "quantization_config.weight_block_size"),
    ],
)  # fmt: skip
def test_nested_and_family_keys_are_named_too(change: dict[str, Any], key: str) -> None:
    assert gaps({**DEEPSEEK, **change}) == [("invalid_config", key)]


@pytest.mark.parametrize(
    "kinds", [["full_attention"], ["full_attention", "sliding_attention", 7], "sliding", [None] * 3]
)
def test_a_stale_or_unknown_layer_pattern_is_invalid(kinds: Any) -> None:
    config = {**LLAMA, "model_type": "gemma2", "head_dim": 12, "layer_types": kinds}
    assert ("invalid_config", "layer_types") in gaps(config)


def test_a_missing_size_without_a_default_is_a_missing_parameter() -> None:
    config = {key: value for key, value in UNKNOWN.items() if key != "hidden_size"}
    coverage = la.evaluate(config)
    assert coverage.status == "not_supported"
    assert ("missing_parameter", "hidden_size") in gaps(config)
    assert all("hidden_size" in claim.missing_parameters for claim in coverage.claims)


def test_building_what_can_not_be_built_raises_one_typed_error_that_carries_the_coverage() -> None:
    with pytest.raises(la.BuildError, match="hidden_size") as caught:
        la.build({**LLAMA, "hidden_size": 0})
    assert caught.value.coverage.status == "not_supported"


def test_a_config_is_never_changed() -> None:
    config = copy.deepcopy(DEEPSEEK)
    la.load(config).build()
    assert config == DEEPSEEK


def test_an_empty_config_is_answered() -> None:
    assert la.evaluate({}).status == "not_supported"
    assert la.evaluate({"model_type": "llama"}).status == "fully_supported"  # all left to the class's defaults


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "llama\x1b[2J", "__init__", "os", "", "a" * 500, "Llama", "llama "]
)
def test_a_model_type_is_only_ever_a_name(name: str) -> None:
    coverage = la.evaluate({**LLAMA, "model_type": name})
    assert coverage.status == "partially_supported"
    assert {str(gap.kind) for gap in coverage.gaps} == {"inferred"}
    assert all(gap.detail.isprintable() for gap in coverage.gaps)


GEMMA3: dict[str, Any] = {
    "model_type": "gemma3",
    "architectures": ["Gemma3ForConditionalGeneration"],
    "dtype": "bfloat16",
    "text_config": {"hidden_size": 64, "num_hidden_layers": 2, "vocab_size": 99, "intermediate_size": 96},
    "vision_config": {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4},
}
"""A language model with an encoder of pictures."""


class TestComposite:
    @pytest.mark.parametrize("path", ["text_config", "llm_config", "language_config", "thinker_config.text_config"])
    def test_the_language_model_is_found_and_its_path_reported(self, path: str) -> None:
        config: dict[str, Any] = LLAMA
        for key in reversed(path.split(".")):
            config = {key: config}
        coverage = la.evaluate({"model_type": "some_vlm", "architectures": ["SomeForConditionalGeneration"], **config})
        assert coverage.path == path
        assert coverage.parameters["hidden_size"].key == f"{path}.hidden_size"
        assert [(gap.kind, gap.name) for gap in coverage.gaps] == [("inferred", "model_type")]

    def test_a_tower_that_is_not_modelled_ends_full_support(self) -> None:
        config = {"model_type": "some_vlm", "text_config": LLAMA, "vision_config": {"hidden_size": 7}}
        coverage = la.evaluate(config)
        assert (coverage.status, coverage.category) == ("partially_supported", "multimodal")
        assert [(str(g.kind), g.name, g.impact) for g in coverage.gaps] == [
            ("inferred", "model_type", None),
            ("unsupported_feature", "vision_tower", None),
        ]

    def test_a_tower_beside_flat_text_keys_too(self) -> None:
        assert ("unsupported_feature", "audio_tower") in gaps({**LLAMA, "audio_config": {"d_model": 5}})

    @pytest.mark.parametrize("inner", [{}, {"model_type": "gemma3_text"}, {"model_type": "llama"}])
    def test_a_declared_whole_has_its_tower_whatever_type_its_language_model_is(self, inner: dict[str, Any]) -> None:
        config = {**GEMMA3, "text_config": {**GEMMA3["text_config"], **inner}}
        coverage = la.evaluate(config)
        assert (coverage.model_type, coverage.category) == ("gemma3", "multimodal")
        assert not [gap.name for gap in coverage.gaps if gap.kind == "unsupported_feature"]
        assert coverage.parameters["vision_config.hidden_size"].key == "vision_config.hidden_size"

    @pytest.mark.parametrize("bad", [{"num_hidden_layers": -2}, {"hidden_size": "32"}, {"num_attention_heads": 5}])
    def test_a_bad_key_of_a_tower_leaves_the_tower_out(self, bad: dict[str, Any]) -> None:
        model = la.load({**GEMMA3, "vision_config": {**GEMMA3["vision_config"], **bad}})
        assert model.coverage.status == "partially_supported"
        found = [(str(gap.kind), gap.name) for gap in model.coverage.gaps]
        assert found == [
            ("invalid_config", f"vision_config.{next(iter(bad))}"),
            ("unsupported_feature", "vision_tower"),
        ]
        text = {**GEMMA3, "architectures": ["Gemma3ForCausalLM"]}
        assert model.build().parameters == la.build(text).parameters

    def test_an_architecture_that_is_the_language_model_alone_has_no_tower(self) -> None:
        alone = {**GEMMA3, "architectures": ["Gemma3ForCausalLM"]}
        assert (la.evaluate(alone).gaps, la.evaluate(alone).category) == ((), "dense")
        text = {"model_type": "gemma3_text", **GEMMA3["text_config"]}
        assert la.build(alone).parameters == la.build(text).parameters

    def test_a_declared_whole_with_an_encoder_that_nobody_declared_is_its_language_model(self) -> None:
        changed = {**GEMMA3, "vision_config": {"model_type": "another_vision", "hidden_size": 7}}
        (gap,) = la.evaluate(changed).gaps
        assert (gap.kind, gap.name) == ("unsupported_feature", "vision_tower")
        assert "no builder models" in gap.detail

    @pytest.mark.parametrize("net", [{"architecture": "resnet50"}, {"model_args": {"features_only": True}}])
    def test_a_net_that_is_in_no_table_is_left_out(self, net: dict[str, Any]) -> None:
        whole = {"model_type": "gemma3n", "architectures": ["Gemma3nForConditionalGeneration"]}
        model = la.load({**whole, "vision_config": net})
        assert {weight.stack for weight in la.build(whole).weights} == {"model", "text", "vision", "audio"}
        assert {weight.stack for weight in model.build().weights} == {"model", "text", "audio"}
        details = {gap.name: gap.detail for gap in model.coverage.gaps}
        assert details.keys() == {"audio_config", "vision_tower"}
        assert "no builder models" in details["vision_tower"]

    @pytest.mark.parametrize(
        ("ignore", "gaps"),
        [
            (["lm_head"], ["quantization_of_towers"]),
            (["lm_head", "re:vision_tower.*"], []),
        ],
    )
    def test_a_quantized_checkpoint_leaves_encoders_as_they_are(self, ignore: list[str], gaps: list[str]) -> None:
        weights = {"num_bits": 8, "type": "float", "strategy": "channel", "symmetric": True}
        groups = {"group_0": {"targets": ["Linear"], "weights": weights}}
        stored = {"quant_method": "compressed-tensors", "format": "float-quantized", "ignore": ignore}
        config = {**GEMMA3, "quantization_config": {**stored, "config_groups": groups}}
        assert sorted(gap.name for gap in la.evaluate(config).gaps) == gaps
        formats = {
            (weight.stack, weight.dtype) for weight in la.build(config, la.Schedule(engine="checkpoint")).weights
        }
        assert {dtype for stack, dtype in formats if stack == "vision"} == {"bfloat16"}
        assert ("text", "float8_e4m3fn") in formats

    def test_sglang_quantizes_encoders_that_no_list_names_where_its_class_does(self) -> None:
        stored = {"quant_method": "fp8", "activation_scheme": "dynamic"}
        for ignored, quantized in ([], True), (["multi_modal_projector"], True), (["vision_tower"], False):
            config = {**GEMMA3, "quantization_config": {**stored, "modules_to_not_convert": ignored}}
            weights = la.build(config, la.Schedule(engine="sglang")).weights
            formats = {(weight.block, weight.dtype) for weight in weights if weight.stack == "vision"}
            assert (("layer", "float8_e4m3fn") in formats) == quantized
            assert not {("before", "float8_e4m3fn"), ("after", "float8_e4m3fn")} & formats

    def test_the_top_level_tie_wins(self) -> None:
        config = {"text_config": {**LLAMA, "tie_word_embeddings": False}, "tie_word_embeddings": True}
        assert la.build(config).parameters == la.build({**LLAMA, "tie_word_embeddings": True}).parameters

    def test_an_unread_key_is_named_with_its_path(self) -> None:
        config = {"text_config": {**LLAMA, "a_new_mechanism": 1}, "projector_depth": 2}
        assert sorted(gaps(config)) == [
            ("inferred", "model_type"),
            ("unread_key", "projector_depth"),
            ("unread_key", "text_config.a_new_mechanism"),
        ]

    @pytest.mark.parametrize("value", [None, 3, "text", []])
    def test_a_sub_config_that_is_no_object_is_not_the_language_model(self, value: Any) -> None:
        coverage = la.evaluate({**LLAMA, "text_config": value})
        assert coverage.path == ""
        assert [gap.name for gap in coverage.gaps] == ["text_config"]


class TestListsOfLayers:
    """A list with an entry for each layer may have more for the prediction modules behind them."""

    KINDS: ClassVar = ["full_attention", "sliding_attention", "full_attention"]

    def test_the_entries_of_prediction_modules_are_left_out(self) -> None:
        plain = {**LLAMA, "model_type": "brand_new", "sliding_window": 8, "num_nextn_predict_layers": 2}
        longer = la.load({**plain, "layer_types": [*self.KINDS, "full_attention", "sliding_attention"]})
        assert longer.spec == la.load({**plain, "layer_types": self.KINDS}).spec
        (gap,) = (gap for gap in longer.coverage.gaps if gap.name == "layer_types")
        assert gap.kind == "inferred"
        assert "the last 2 entries" in gap.detail

    @pytest.mark.parametrize("modules", [0, 1, 3, "2", None])
    def test_as_many_as_there_are(self, modules: object) -> None:
        config = {**LLAMA, "model_type": "brand_new", "sliding_window": 8, "num_nextn_predict_layers": modules}
        gaps = la.evaluate({**config, "layer_types": [*self.KINDS, "full_attention", "full_attention"]}).gaps
        assert ("invalid_config", "layer_types") in [(str(gap.kind), gap.name) for gap in gaps]

    @pytest.mark.parametrize("length", [1, 2, 4, 60])
    @pytest.mark.parametrize("model_type", ["gemma3_text", "brand_new"])
    def test_a_list_of_another_length_is_left_out(self, model_type: str, length: int) -> None:
        """The model is built by the rule of the class, never fully supported."""
        plain = {**LLAMA, "model_type": model_type, "architectures": ["BrandNewForCausalLM"], "sliding_window": 8}
        model = la.load({**plain, "layer_types": ["full_attention"] * length})
        assert model.spec == la.load(plain).spec
        assert model.coverage.status == "partially_supported"
        gap = model.coverage.gaps[0]
        assert (gap.kind, gap.name) == (la.GapKind.INVALID_CONFIG, "layer_types")
        assert "expected one entry for each of 3 layers; the config is read as if it had no such key" in gap.detail

    @pytest.mark.parametrize("kinds", [["warp", "warp", "warp"], []])
    def test_what_is_no_list_of_known_kinds_is_refused(self, kinds: object) -> None:
        coverage = la.evaluate({**LLAMA, "model_type": "gemma3_text", "sliding_window": 8, "layer_types": kinds})
        assert coverage.status == "not_supported"
        assert ("invalid_config", "layer_types") in [(str(gap.kind), gap.name) for gap in coverage.gaps]

    @pytest.mark.parametrize(
        ("model_type", "key", "value"),
        [
            ("bamba", "attn_layer_indices", [[1]]),
            ("gpt_neo", "attention_types", [[["global"], 1e9]]),
            ("reformer", "attn_layers", "local"),
            ("blt", "encoder_hash_byte_group_size", [1e9]),
            ("deepseek_v3", "n_routed_experts", [64, 64]),
            ("deepseek_v3", "first_k_dense_replace", -1),
            ("jetmoe", "num_experts_per_tok", 0),
        ],
    )
    def test_what_says_how_many_of_what_there_are_is_refused(self, model_type: str, key: str, value: object) -> None:
        coverage = la.evaluate({"model_type": model_type, key: value})
        assert coverage.status == "not_supported"
        assert key in [gap.name for gap in coverage.gaps if gap.kind is la.GapKind.INVALID_CONFIG]

    @pytest.mark.parametrize(
        ("model_type", "key", "entry"),
        [("step3p5", "layer_types", "full_attention"), ("deepseek_v4", "compress_ratios", 4)],
    )
    def test_entries_of_no_layer_and_no_prediction_module_are_an_assumption(
        self, model_type: str, key: str, entry: object
    ) -> None:
        config = {"model_type": model_type, "num_hidden_layers": 4, "num_nextn_predict_layers": 1}
        assert ("inferred", key) not in gaps({**config, key: [entry] * 4})
        assert ("inferred", key) not in gaps({**config, key: [entry] * 5})
        assert ("inferred", key) in gaps({**config, key: [entry] * 7})

    @pytest.mark.parametrize("kinds", ["full_attention", 3, {"0": "full_attention"}])
    def test_what_is_no_list_is_left_out(self, kinds: object) -> None:
        plain = {**LLAMA, "model_type": "gemma3_text", "sliding_window": 8}
        model = la.load({**plain, "layer_types": kinds})
        assert model.spec == la.load(plain).spec
        assert ("invalid_config", "layer_types") in [(str(gap.kind), gap.name) for gap in model.coverage.gaps]

    def test_a_second_bad_key_is_refused_with_it(self) -> None:
        gaps = la.evaluate(
            {**LLAMA, "model_type": "gemma3_text", "layer_types": ["full_attention"], "head_dim": "x"}
        ).gaps
        assert {"layer_types", "head_dim"} <= {gap.name for gap in gaps}
