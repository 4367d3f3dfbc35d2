"""What a config does not settle is a gap: another class's name, two classes, two values, a value left to nobody."""

from __future__ import annotations

from typing import Any, Final

import pytest

import llmsim_adapters as la
from tests.facts import LLAMA, checkpoint, facts


def gaps(config: dict[str, Any]) -> list[tuple[str, str]]:
    return [(str(gap.kind), gap.name) for gap in la.evaluate(config).gaps]


def case(model_type: str, name: str) -> dict[str, Any]:
    return next(dict(case["config"]) for case in facts(model_type)["cases"] if case["name"] == name)


class TestAnotherClass:
    @pytest.mark.parametrize(
        "architecture",
        [
            "MambaForCausalLM",  # of another type
            "Llama4ForConditionalGeneration",  # of a whole, without its encoder's config
            "LlavaForConditionalGeneration",
        ],
    )
    def test_is_a_gap(self, architecture: str) -> None:
        assert ("inferred", "architectures") in gaps({**LLAMA, "architectures": [architecture]})

    @pytest.mark.parametrize(
        "names",
        [["LlamaForCausalLM", "MambaForCausalLM"], ["GPT2LMHeadModel", "LlamaForCausalLM"]],
    )
    def test_so_is_a_further_one_of_another_type(self, names: list[str]) -> None:
        assert ("inferred", "architectures") in gaps({**LLAMA, "architectures": names})
        assert gaps({**LLAMA, "architectures": ["LlamaForCausalLM", "LlamaModel"]}) == []

    def test_a_head_that_nobody_has_is_one(self) -> None:
        assert gaps({**LLAMA, "architectures": ["LlamaForCausalLLM"]}) == [
            ("unsupported_feature", "head_of_LlamaForCausalLLM")
        ]

    @pytest.mark.parametrize(
        "architecture", ["LlamaForCausalLM", "LlamaModel", "LLaMAForCausalLM", "LlamaBidirectionalModel"]
    )
    def test_of_the_type_are_all_that_are_called_after_it(self, architecture: str) -> None:
        assert gaps({**LLAMA, "architectures": [architecture]}) == []

    def test_or_that_the_type_names(self) -> None:
        named = {"model_type": "internlm3", "architectures": ["LlamaForCausalLM"]}
        assert ("inferred", "architectures") not in gaps({**LLAMA, **named})

    def test_the_class_of_a_whole_is_none_of_its_text_alone(self) -> None:
        text = {key: value for key, value in LLAMA.items() if key not in ("model_type", "architectures")}
        flat = {**text, "model_type": "gemma3_text", "head_dim": 12}
        assert gaps({**flat, "architectures": ["Gemma3ForCausalLM"]}) == []
        assert gaps({**flat, "architectures": ["Gemma3ForConditionalGeneration"]}) == [("inferred", "architectures")]

    @pytest.mark.parametrize("model_type", ["glm_ocr", "muse_glimmer", "inkling2", "inkling2_loop"])
    def test_an_encoder_that_a_whole_has_by_default_is_a_gap_where_no_config_says_its_sizes(
        self, model_type: str
    ) -> None:
        assert ("inferred", "vision_config") in gaps({"model_type": model_type, "text_config": {}})

    @pytest.mark.parametrize("model_type", ["gemma4", "gemma4_unified", "embedding_gemma2"])
    def test_one_that_it_has_not_is_none(self, model_type: str) -> None:
        assert gaps({"model_type": model_type, "text_config": {}}) == []

    def test_a_whole_that_nobody_declared_is_a_gap_whatever_is_in_it(self) -> None:
        (gap,) = la.evaluate({"model_type": "brand_new", "text_config": LLAMA}).gaps
        assert (gap.kind, gap.name) == ("inferred", "model_type")
        assert "(brand_new)" in gap.detail


class TestTwoClasses:
    """EXAONE's remote code and the class of transformers have one type, and other defaults."""

    PLAIN: Final = {**case("exaone", "four-times"), "intermediate_size": 512, "tie_word_embeddings": True}

    def test_without_the_key_nobody_knows(self) -> None:
        assert gaps(self.PLAIN) == []
        for name in ("intermediate_size", "tie_word_embeddings"):
            config = {key: value for key, value in self.PLAIN.items() if key != name}
            (gap,) = la.evaluate(config).gaps
            assert (gap.kind, gap.name) == ("inferred", name)
            assert "two classes have this type" in gap.detail


class TestTwoPlaces:
    def conflict(self, config: dict[str, Any]) -> la.Gap:
        (gap,) = (gap for gap in la.evaluate(config).gaps if gap.kind == "conflicting_keys")
        return gap

    def test_whole_and_language_model(self) -> None:
        text = {**LLAMA, "tie_word_embeddings": False}
        gap = self.conflict({"model_type": "new", "text_config": text, "tie_word_embeddings": True})
        assert gap.name == "tie_word_embeddings"
        assert "`text_config.tie_word_embeddings` = false and `tie_word_embeddings` = true" in gap.detail

    def test_formats_of_whole_and_language_model(self) -> None:
        whole = {"model_type": "new", "text_config": LLAMA}  # bfloat16
        assert self.conflict({**whole, "dtype": "float16"}).name == "dtype"
        assert ("conflicting_keys", "dtype") not in gaps({**whole, "dtype": "torch.bfloat16"})

    def test_a_number_and_the_length_of_a_list(self) -> None:
        config = case("nemotron_h", "tiny-full")
        count = len(config.get("layer_types") or config["layers_block_type"])
        assert gaps({**config, "num_hidden_layers": count}) == gaps(config)
        gap = self.conflict({**config, "num_hidden_layers": count + 1})
        assert (gap.name, f"= {count}: the latter is taken" in gap.detail) == ("num_hidden_layers", True)

    @pytest.mark.parametrize(
        ("model_type", "listed", "key", "other"),
        [
            ("gemma3_text", "layer_types", "_sliding_window_pattern", 1),
            ("cohere2", "layer_types", "sliding_window_pattern", 3),
            ("qwen3_next", "layer_types", "full_attention_interval", 1),
            ("lfm2", "layer_types", "full_attn_idxs", []),
            ("glm4_moe_lite", "mlp_layer_types", "first_k_dense_replace", 2),
            ("inkling_text", "mlp_layer_types", "dense_mlp_idx", 2),
            ("llama4_text", "moe_layers", "interleave_moe_layer_step", 2),
            ("smollm3", "no_rope_layers", "no_rope_layer_interval", 1),
        ],
    )
    def test_a_list_of_layers_and_the_rule_that_it_stands_for(
        self, model_type: str, listed: str, key: str, other: object
    ) -> None:
        """The list wins; it is told where the rule says another thing, and nothing where both say the same."""
        config = {**case(model_type, "tiny-full")}
        assert listed in config
        name = key.removeprefix("_")
        assert ("conflicting_keys", name) not in gaps(config)
        config = {**config, key: other}
        gap = self.conflict(config)
        assert gap.name == name
        assert f"`{listed}`" in gap.detail
        graph = la.load(config).build(checkpoint())
        without = {said: value for said, value in config.items() if said != key}
        assert graph.weights == la.load(without).build(checkpoint()).weights

    def test_a_list_of_layers_and_a_text_of_the_same(self) -> None:
        """EXAONE 4 as published: LLLG."""
        config = {**case("exaone4", "tiny-full"), "sliding_window_pattern": "LLLG", "sliding_window": 8}
        config["num_hidden_layers"] = 8
        kinds = [*["sliding_attention"] * 3, "full_attention"] * 2
        assert gaps({**config, "layer_types": kinds}) == []
        assert self.conflict({**config, "layer_types": kinds[::-1]}).name == "sliding_window_pattern"

    def test_layers_that_slide_without_a_window(self) -> None:
        config = {**case("qwen2", "tiny-full"), "sliding_window": 8, "use_sliding_window": False}
        sliding = {**config, "layer_types": ["sliding_attention"] * config["num_hidden_layers"]}
        assert self.conflict(sliding).name == "use_sliding_window"
        assert self.conflict({**sliding, "use_sliding_window": True, "sliding_window": None}).name == "sliding_window"

    def test_a_key_and_an_older_one(self) -> None:
        config = {**case("lfm2", "tiny-minimal"), "intermediate_size": 512, "block_ff_dim": 256}
        assert self.conflict(config).name == "intermediate_size"
        assert gaps({**config, "block_ff_dim": 512}) == []


class TestNobodysValue:
    @pytest.mark.parametrize(
        ("model_type", "key"), [("minimax_m1", "attn_type_list"), ("nemotron-nas", "block_configs")]
    )
    def test_what_has_no_default_is_missing(self, model_type: str, key: str) -> None:
        config = facts(model_type)["cases"][0]["config"]
        assert gaps(config) == []
        assert gaps({k: v for k, v in config.items() if k != key}) == [("missing_parameter", key)]

    def test_the_default_format_stands_among_the_parameters(self) -> None:
        config = {key: value for key, value in LLAMA.items() if key != "torch_dtype"}
        found = la.evaluate(config).parameters["dtype"]
        assert (found.value, found.key, str(found.origin)) == ("float32", None, "defaulted")


class TestPartsOfALayer:
    """Nemotron of architecture search: what one part of a layer has, the other's key of the same name can't hide."""

    CONFIG: Final = facts("nemotron-nas")["cases"][0]["config"]

    def changed(self, part: str, **keys: object) -> dict[str, Any]:
        first, *others = self.CONFIG["block_configs"]
        return {**self.CONFIG, "block_configs": [{**first, part: {**first[part], **keys}}, *others]}

    @pytest.mark.parametrize("part", ["attention", "ffn"])
    def test_a_part_that_is_away_and_one_matrix_contradicts_itself(self, part: str) -> None:
        found = gaps(self.changed(part, no_op=True, replace_with_linear=True))
        assert [kind for kind, name in found if name == "no_op"] == ["conflicting_keys"]

    def test_where_no_layer_has_a_network_its_activation_is_no_ones(self) -> None:
        away = [
            {**each, "ffn": {**each["ffn"], "no_op": True, "replace_with_linear": False, "ffn_mult": None}}
            for each in self.CONFIG["block_configs"]
        ]
        assert gaps({**self.CONFIG, "block_configs": away, "hidden_act": "silu"}) == []

    @pytest.mark.parametrize("part", ["attention", "ffn"])
    @pytest.mark.parametrize("key", ["sparsify", "a_new_mechanism"])
    def test_has_to_be_neutral_in_its_own_place(self, part: str, key: str) -> None:
        assert gaps(self.changed(part, **{key: True})) == [("unread_key", f"block_configs[0].{part}.{key}")]

    @pytest.mark.parametrize(
        ("part", "key", "value"),
        [("ffn", "ffn_mult", -1), ("ffn", "ffn_mult", "1"), ("attention", "n_heads_in_group", 0), ("ffn", "no_op", 1)],
    )
    def test_a_value_that_can_not_be_is_named_with_its_index(self, part: str, key: str, value: object) -> None:
        assert ("invalid_config", f"block_configs[0].{part}.{key}") in gaps(self.changed(part, **{key: value}))

    @pytest.mark.parametrize("block", [None, [], "x", {}, {"attention": 1, "ffn": 2}])
    def test_a_layer_is_an_object_of_two(self, block: object) -> None:
        config = {**self.CONFIG, "block_configs": [block, *self.CONFIG["block_configs"][1:]]}
        assert la.evaluate(config).status == "not_supported"
        assert any("block_configs" in gap.name for gap in la.evaluate(config).gaps)
