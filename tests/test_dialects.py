"""Dialects: every key of a config is accounted for, and every number knows where it came from."""

from __future__ import annotations

from typing import Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.dialects.keys.aliases import ALIASES
from llmsim_adapters.dialects.keys.costless import COSTLESS
from llmsim_adapters.dialects.reading.find import TYPE_OF_ARCHITECTURE, built_in, declared_types
from tests.facts import CASES, LLAMA, REPORT, facts
from tests.reference.inference import PAGE, page

# The full form of each type's tiny model: what it reads occurs in one of them.
FULL = {name: case["config"] for name, case in CASES if case["name"] in ("tiny-full", "full")}
FULL |= {f"{name} (random {case['name'][-1]})": case["config"] for name, case in CASES if "random" in case["name"]}
FULL |= {f"{name} (whole)": case["config"] for name, case in CASES if case["name"] == "whole"}
FULL |= {name: la.load(name).config.data for name in REPORT}

TOWERS = [
    (name, part)
    for name, config in FULL.items()
    for part, inner in config.items()
    if part != "text_config" and isinstance(inner, dict) and inner.get("model_type") in declared_types("towers")
    if part not in la.load(config).coverage.without_effect
]
"""The encoders of these configs, but for architectures without them: the type, and the key of the encoder's config."""


BY_TYPE: dict[str, dict[str, dict[str, Any]]] = {}
"""The same, by the type that each says."""
for _name, _config in FULL.items():
    BY_TYPE.setdefault(_config["model_type"], {})[_name] = _config


def gaps(config: dict[str, Any]) -> list[tuple[str, str]]:
    return [(str(gap.kind), gap.name) for gap in la.evaluate(config).gaps]


class TestOrigins:
    def test_a_parameter_under_its_canonical_name_is_given(self) -> None:
        parameter = la.evaluate(LLAMA).parameters["hidden_size"]
        assert (parameter.value, parameter.key, parameter.origin) == (96, "hidden_size", "given")

    @pytest.mark.parametrize(
        ("canonical", "spelling"),
        [(name, alias.spelling) for name in ("hidden_size", "num_hidden_layers", "num_attention_heads",
         "num_key_value_heads", "intermediate_size", "vocab_size", "dtype") for alias in ALIASES[name]],
    )  # fmt: skip
    def test_a_parameter_under_another_spelling_is_aliased(self, canonical: str, spelling: str) -> None:
        raw = "torch_dtype" if canonical == "dtype" else canonical
        config = {spelling if key == raw else key: value for key, value in LLAMA.items()}
        parameter = la.evaluate(config).parameters[canonical]
        assert (parameter.value, parameter.key, parameter.origin) == (LLAMA[raw], spelling, "aliased")
        assert la.build(config).parameters == la.build(LLAMA).parameters

    def test_what_a_config_leaves_to_its_type_is_defaulted(self) -> None:
        parameter = la.evaluate(LLAMA).parameters["tie_word_embeddings"]
        assert (parameter.value, parameter.key, parameter.origin) == (False, None, "defaulted")

    def test_what_follows_from_other_parameters_is_derived(self) -> None:
        parameter = la.evaluate(LLAMA).parameters["head_dim"]
        assert (parameter.value, parameter.key, parameter.origin) == (12, None, "derived")

    def test_a_spelling_can_mean_something_else_in_one_type(self) -> None:
        """Mixtral's intermediate_size is the size of one expert."""
        parameters = la.evaluate("mistralai/Mixtral-8x7B-v0.1").parameters
        assert parameters["moe_intermediate_size"].key == "intermediate_size"
        assert "intermediate_size" not in parameters


class TestConflicts:
    def test_two_spellings_with_different_values_are_a_gap(self) -> None:
        config = {**LLAMA, "n_layer": 4}
        assert gaps(config) == [("conflicting_keys", "num_hidden_layers")]
        (gap,) = la.evaluate(config).gaps
        assert "`num_hidden_layers` = 3" in gap.detail
        assert "`n_layer` = 4" in gap.detail

    def test_two_spellings_with_one_value_are_not(self) -> None:
        assert gaps({**LLAMA, "n_layer": 3}) == []

    def test_a_spelling_set_to_null_says_nothing(self) -> None:
        assert gaps({**LLAMA, "n_layer": None}) == []

    def test_one_and_true_are_different_values(self) -> None:
        assert ("conflicting_keys", "num_hidden_layers") in gaps({**LLAMA, "num_hidden_layers": 1, "n_layer": True})


class TestUnreadKeys:
    @pytest.mark.parametrize("model_type", sorted(BY_TYPE))
    def test_an_added_key_is_a_gap(self, model_type: str) -> None:
        for name, config in BY_TYPE[model_type].items():
            expected = [*gaps(config), ("unread_key", "a_new_mechanism")]
            assert sorted(gaps({**config, "a_new_mechanism": 7})) == sorted(expected), name

    @pytest.mark.parametrize(("name", "part"), TOWERS)
    def test_a_key_added_to_an_encoder_is_a_gap_with_its_path(self, name: str, part: str) -> None:
        config = FULL[name]
        changed = {**config, part: {**config[part], "a_new_mechanism": 7}}
        assert sorted(gaps(changed)) == sorted([*gaps(config), ("unread_key", f"{part}.a_new_mechanism")])

    def test_the_impact_of_an_unread_key_is_unknown(self) -> None:
        (gap,) = la.evaluate({**LLAMA, "a_new_mechanism": True}).gaps
        assert gap.impact is None
        assert la.evaluate({**LLAMA, "a_new_mechanism": True}).status == "partially_supported"

    @pytest.mark.parametrize("model_type", sorted(BY_TYPE))
    def test_every_key_that_is_read_changes_the_spec_or_says_why_not(self, model_type: str) -> None:
        """Reading a key and dropping its value is the one way to cheat."""
        read: set[str] = set()
        effective: set[str] = set()
        for config in BY_TYPE[model_type].values():
            before = la.load(config)
            paths = {p.key for p in before.coverage.parameters.values() if p.key is not None}
            paths -= set(before.coverage.without_effect)
            read |= paths
            for path in paths - effective:
                others = (la.load(changed) for changed in changes(config, path.split(".")))
                if any(other.spec != before.spec or refuses(other) for other in others):
                    effective.add(path)
        assert len(read) >= 6
        assert read == effective, "read and dropped"

    @pytest.mark.parametrize("model_type", sorted(BY_TYPE))
    def test_a_key_without_effect_has_none(self, model_type: str) -> None:
        for name, config in BY_TYPE[model_type].items():
            before = la.load(config)
            for path, reason in before.coverage.without_effect.items():
                assert reason
                for changed in changes(config, path.split(".")):
                    after = la.load(changed)
                    unchanged = after.spec == before.spec
                    assert unchanged or refuses(after), f"{name}: {path} has an effect: {reason}"

    def test_costless_keys_have_reasons(self) -> None:
        assert all(len(reason) > 8 for reason in COSTLESS.values())
        for name in declared_types():
            dialect = built_in(name)
            assert dialect is not None
            assert all(len(reason) > 8 for reason in dialect.costless.values())


def refuses(model: la.Model) -> bool:
    return any(gap.kind is la.GapKind.INVALID_CONFIG for gap in model.coverage.gaps)


def changes(config: dict[str, Any], path: list[str]) -> list[dict[str, Any]]:
    """Return the config with other values under a dotted path."""
    key, *rest = path
    if rest:
        return [{**config, key: inner} for inner in changes(config[key], rest)]
    return [{**config, key: value} for value in others(key, config[key])]


MAY_BE_ZERO = ("first_k_dense_replace",)
"""Keys of which 0 is a value; elsewhere it is refused, which would pass for an effect."""


def others(key: str, value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value * 2, value + 1, value // 2, 1, *([0] if key in MAY_BE_ZERO else ())]
    if isinstance(value, float):
        return [value / 2, value * 8]
    if isinstance(value, str):
        return [text for text in ("float16", "float32", "e5m2", "awq", "relu", "gelu") if text != value]
    if key == "languages":
        return [[*value, "xx_XX"]]
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        pairs = (
            *(("full_attention", "sliding_attention"), ("global", "local"), ("full", "shared")),
            *(("dense", "sparse"), ("hash_moe", "moe")),
        )
        swap = {one: other for pair in pairs for one, other in (pair, pair[::-1])}
        swapped = [swap.get(item, item.replace("ForCausalLM", "Model")) for item in value]
        wide = [item.replace("hybrid_sliding", "hybrid") for item in value]
        return [swapped, wide, [item.replace("linear_", "full_").replace("recurrent", "attention") for item in value]]
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return [value[::-1]]
    if isinstance(value, list) and any(isinstance(item, list) for item in value):
        return [[*value, *value]]
    if isinstance(value, list):
        return [[item * 2 for item in value], sorted({0, 1} ^ set(value))]
    return [6, True]


REMOTE = {"exaone"}
"""Types whose class has other defaults than the remote code of published configs: saying none is a gap."""


STATED: Final = {
    "deepseek_eagle3": "the class's own default has more layers than a draft",
    "perception_lm": "the class names no net of timm's",
    "granite4_vision": "the class has no windows",
    **dict.fromkeys(
        ("qwen3_omni_moe", "qwen3_omni_moe_text", "qwen3_omni_moe_thinker"),
        "the class's own heads don't divide its hidden size",
    ),
}
"""Types whose class's defaults make no model, so that a config has to state what is theirs, and why."""


class TestDefaults:
    @pytest.mark.parametrize("model_type", sorted(declared_types()))
    def test_are_values_that_the_dialect_reads(self, model_type: str) -> None:
        """Where a config says nothing but its type, nothing that is read is a bad value."""
        refused = [name for kind, name in gaps({"model_type": model_type}) if kind == "invalid_config"]
        assert bool(refused) == (model_type in STATED), refused

    @pytest.mark.parametrize("model_type", sorted(declared_types() & facts("defaults")["types"].keys() - REMOTE))
    def test_a_dialect_states_the_defaults_of_the_class(self, model_type: str) -> None:
        """For every key that the dialect has a default for and that transformers' class declares."""
        dialect = built_in(model_type)
        assert dialect is not None
        declared = facts("defaults")["types"][model_type]["declared"]
        compared = 0
        for key, default in declared.items():
            inner = key.removeprefix("text_config.").removeprefix("decoder.")
            name = dialect.canonical.get(inner, inner)
            if inner != key and dialect.towers is not None and name == "tie_word_embeddings":
                continue  # the whole model's is what holds
            if name in dialect.defaults:
                assert dialect.defaults[name] == default, key
                compared += 1
        assert compared >= 4

    @pytest.mark.parametrize(
        ("model_type", "part"),
        [
            (model_type, part)
            for model_type, found in facts("defaults")["types"].items()
            for part, inner in found["derived"].items()
            if isinstance(inner, dict) and str(inner.get("model_type")).replace("-", "_") in declared_types("towers")
        ],
    )
    def test_an_encoder_states_the_defaults_of_its_class(self, model_type: str, part: str) -> None:
        declared = facts("defaults")["types"][model_type]["derived"][part]
        dialect = built_in(declared["model_type"], "towers")
        assert dialect is not None
        said = {dialect.canonical.get(key, key): value for key, value in declared.items()}
        assert {name: said[name] for name in dialect.defaults if name in said} == {
            name: default for name, default in dialect.defaults.items() if name in said
        }

    def test_a_type_without_model_type_is_known_by_its_architecture(self) -> None:
        for architecture, model_type in TYPE_OF_ARCHITECTURE.items():
            coverage = la.evaluate({"architectures": [architecture]})
            assert coverage.model_type == model_type
            assert coverage.status == "fully_supported"


class TestSeedRecommendations:
    """What the first coverage report recommended is modelled."""

    @pytest.mark.parametrize(
        ("name", "features"),
        [
            ("google/gemma-2b", {"activation", "tied_embeddings"}),
            ("google/gemma-2-9b", {"post_norms", "attention_softcap", "logit_softcap", "mixed_attention"}),
            ("mistralai/Mistral-7B-v0.1", {"sliding_window"}),
            ("Qwen/Qwen3-8B", {"qk_norm"}),
            ("Qwen/Qwen2-7B", {"attention_bias"}),
            ("THUDM/glm-4-9b", {"partial_rotary", "attention_bias"}),
            ("deepseek-ai/DeepSeek-V2", {"query_compression", "shared_experts", "dense_layers"}),
            ("deepseek-ai/DeepSeek-V3", {"multi_token_prediction", "score_correction_bias", "fp8_block_weights"}),
        ],
    )
    def test_features_are_derived_from_the_spec(self, name: str, features: set[str]) -> None:
        spec = la.load(name).spec
        assert spec is not None
        from llmsim_adapters.spec.features import Features

        assert features <= Features().of(spec)

    def test_latent_attention_without_query_compression(self) -> None:
        coverage = la.evaluate("deepseek-ai/DeepSeek-V2-Lite")
        assert coverage.parameters["q_lora_rank"].value is None
        assert coverage.status == "fully_supported"

    def test_latent_attention_without_experts_is_a_category_of_its_own(self) -> None:
        """A config shaped like MiniCPM3-4B's published one, which has no model_type."""
        coverage = la.evaluate(
            {
                "architectures": ["MiniCPM3ForCausalLM"],
                "hidden_act": "silu",
                "hidden_size": 2560,
                "num_hidden_layers": 62,
                "intermediate_size": 6400,
                "num_attention_heads": 40,
                "num_key_value_heads": 40,
                "qk_nope_head_dim": 64,
                "qk_rope_head_dim": 32,
                "q_lora_rank": 768,
                "kv_lora_rank": 256,
                "rope_scaling": {"type": "longrope", "long_factor": [1.05], "short_factor": [1.05]},
                "torch_dtype": "bfloat16",
                "vocab_size": 73448,
                "scale_emb": 12,
                "dim_model_base": 256,
                "scale_depth": 1.4,
            }
        )
        assert (coverage.category, coverage.status, coverage.builder) == ("mla", "fully_supported", "deepseek_v3")
        assert coverage.gaps == ()


class TestQuantization:
    def test_an_unmodelled_method_is_a_gap(self) -> None:
        config = {**LLAMA, "quantization_config": {"quant_method": "hqq", "bits": 4}}
        assert gaps(config) == [("unsupported_feature", "quantization_hqq")]

    def test_parameters_do_not_change(self) -> None:
        config = {**LLAMA, "quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]}}
        stored, plain = (la.build(each, la.Schedule(engine="checkpoint")) for each in (config, LLAMA))
        assert stored.parameters == plain.parameters
        assert stored.weight_bytes < plain.weight_bytes


class TestHeads:
    @pytest.mark.parametrize(("architecture", "elements"), [("LlamaForCausalLM", 96_000), ("LlamaModel", 0)])
    def test_the_architecture_says_whether_there_is_a_language_model_head(
        self, architecture: str, elements: int
    ) -> None:
        graph = la.build({**LLAMA, "architectures": [architecture]})
        assert sum(w.elements for w in graph.weights if w.name.startswith("head")) == elements

    @pytest.mark.parametrize(
        ("architecture", "total"),
        [("BertLMHeadModel", 109_514_298), ("BertForMaskedLM", 109_514_298), ("BertModel", 109_482_240)],
    )
    def test_an_encoder_has_a_language_model_head_or_a_pooler(self, architecture: str, total: int) -> None:
        """The totals of transformers' classes of these names, built from their defaults."""
        model = la.load({"model_type": "bert", "architectures": [architecture]})
        assert model.coverage.gaps == ()
        assert model.build().parameters == total

    @pytest.mark.parametrize(
        ("architecture", "elements"),
        [
            ("TransformersForCausalLM", 96_000),
            ("TransformersMoEForCausalLM", 96_000),
            ("MindSporeForCausalLM", 96_000),
            ("TorchNativeLlamaForCausalLM", 96_000),
            ("TransformersEmbeddingModel", 0),
            ("LlamaEmbeddingModel", 0),
        ],
    )
    def test_a_servers_wrapper_is_the_class_that_it_runs(self, architecture: str, elements: int) -> None:
        """SGLang's `registry` names these classes; each runs the model of the type that the config states."""
        model = la.load({**LLAMA, "architectures": [architecture]})
        assert model.coverage.gaps == ()
        assert sum(w.elements for w in model.build().weights if w.name.startswith("head")) == elements

    @pytest.mark.parametrize("architecture", ["TorchNativePhi3ForCausalLM", "TransformersLlamaForCausalLM"])
    def test_what_only_begins_like_one_is_another_class(self, architecture: str) -> None:
        assert gaps({**LLAMA, "architectures": [architecture]}) == [("inferred", "architectures")]

    def test_a_head_of_another_kind_is_a_gap(self) -> None:
        config = {**LLAMA, "architectures": ["LlamaForQuestionAnswering"]}
        assert gaps(config) == [("unsupported_feature", "head_of_LlamaForQuestionAnswering")]

    @pytest.mark.parametrize(
        ("said", "labels"),
        [
            ({}, 2),
            ({"num_labels": 1}, 1),
            ({"id2label": {"0": "good", "1": "bad", "2": "neither"}, "label2id": {"good": 0}}, 3),
            ({"id2label": None}, 2),
        ],
    )
    def test_a_classifier_has_scores_in_place_of_words(self, said: dict[str, Any], labels: int) -> None:
        graph = la.build({**LLAMA, "architectures": ["LlamaForSequenceClassification"], **said})
        ends = {w.name: w.shape for w in graph.weights if w.name.startswith(("head", "score"))}
        assert ends == {"score.weight": (labels, 96)}

    def test_labels_that_are_counted_and_named_otherwise_are_a_gap(self) -> None:
        """transformers 5.24 has 3 scores for such a config."""
        said = {"num_labels": 3, "id2label": {"0": "good"}}
        config = {**LLAMA, "architectures": ["LlamaForSequenceClassification"], **said}
        assert gaps(config) == [("conflicting_keys", "num_labels")]
        assert [w.shape for w in la.build(config).weights if w.name == "score.weight"] == [(3, 96)]

    @pytest.mark.parametrize("said", [{"num_labels": 0}, {"num_labels": "two"}, {"id2label": {}}, {"id2label": [1]}])
    def test_labels_that_can_not_be_are_refused(self, said: dict[str, Any]) -> None:
        config = {**LLAMA, "architectures": ["LlamaForSequenceClassification"], **said}
        assert gaps(config) == [("invalid_config", next(iter(said)))]

    @pytest.mark.parametrize(("labels", "pairs"), [(10, 5), (3, 1), (1, 0)])
    def test_pairs_of_scores_may_have_weights(self, labels: int, pairs: int) -> None:
        config = {**LLAMA, "architectures": ["LlamaForSequenceClassificationWithNormal_Weights"], "num_labels": labels}
        graph = la.build(config)
        scores = sum(w.elements for w in graph.weights if w.name.startswith("score"))
        assert scores == labels * 96 + 2 * (96 * 96 + 96) + pairs * 96 + pairs


class TestDrafts:
    def test_a_prediction_module_alone_is_what_its_target_has_beside_table_and_head(self) -> None:
        sizes = {"q_lora_rank": 24, "kv_lora_rank": 16, "qk_nope_head_dim": 8, "qk_rope_head_dim": 4, "v_head_dim": 8}
        experts = {"moe_intermediate_size": 32, "n_shared_experts": 1, "first_k_dense_replace": 1, "n_group": 1}
        config = {
            **LLAMA,
            "model_type": "deepseek_v3",
            "n_routed_experts": 8,
            "num_experts_per_tok": 2,
            **sizes,
            **experts,
        }
        config = {**config, "num_key_value_heads": 8, "num_nextn_predict_layers": 1}
        target = la.load({**config, "architectures": ["DeepseekV3ForCausalLM"]})
        draft = la.load({**config, "architectures": ["DeepseekV3ForCausalLMNextN"]})
        assert (target.coverage.category, draft.coverage.category) == ("mla_moe", "draft")
        table_and_head = 2 * 1000 * 96
        assert draft.build().parameters == target.build().mtp_parameters + table_and_head
        assert "of its target: embedding, hidden states, head" in draft.coverage.notes[-1]

    def test_a_draft_by_eagle_has_a_projection_of_both_its_inputs(self) -> None:
        config = {**LLAMA, "num_hidden_layers": 1}
        target, draft = (la.load({**config, "architectures": [f"LlamaForCausalLM{end}"]}) for end in ("", "Eagle"))
        assert draft.coverage.category == "draft"
        norms, projection = 2 * 96, 2 * 96 * 96 + 96
        assert draft.build().parameters == target.build().parameters - norms + projection

    def test_a_draft_of_blocks_has_neither_table_nor_head_of_its_own(self) -> None:
        taken = {"dflash_config": {"target_layer_ids": [1, 2, 3]}, "num_target_layers": 4, "block_size": 8}
        draft = la.load(
            {**LLAMA, "model_type": "qwen3", "architectures": ["DFlashDraftModel"], "head_dim": 12, **taken}
        )
        assert draft.coverage.category == "draft"
        graph = draft.build()
        assert not [w for w in graph.weights if w.name.startswith(("embedding", "head"))]
        assert [w.shape for w in graph.weights if w.name == "projection.weight"] == [(96, 3 * 96)]
        assert graph.kv_cache_elements(10) == 3 * 2 * 2 * 12 * 10

    def test_a_block_drafts_layers_of_the_target_must_be_said(self) -> None:
        config = {**LLAMA, "model_type": "qwen3", "architectures": ["DFlashDraftModel"]}
        assert gaps(config) == [("missing_parameter", "target_layer_ids")]

    @pytest.mark.parametrize(
        "architecture", ["LlamaForCausalLMMTP", "GemmaForCausalLMEagle", "NewDSpark", "NewDraftModel"]
    )
    def test_a_draft_that_nobody_reads_is_not_answered_for_by_its_target(self, architecture: str) -> None:
        answer = la.evaluate({**LLAMA, "architectures": [architecture]})
        assert answer.status == "not_supported"
        assert ("missing_parameter", "draft_layers") in [(gap.kind, gap.name) for gap in answer.gaps]

    def test_the_format_of_speculators_has_its_layer_inside(self) -> None:
        layer = {key: value for key, value in LLAMA.items() if key != "architectures"}
        flat = {**LLAMA, "num_hidden_layers": 1, "architectures": ["LlamaForCausalLMEagle3"], "draft_vocab_size": 500}
        nested = {
            "architectures": ["Eagle3Speculator"],
            "speculators_model_type": "eagle3",
            "draft_vocab_size": 500,
            "transformer_layer_config": {**layer, "num_hidden_layers": 1},
        }
        assert la.build(nested).parameters == la.build(flat).parameters

    @pytest.mark.parametrize(
        ("layer", "draft", "parameters"),
        [
            ({"model_type": "llama"}, {}, 147456),
            ({"model_type": "llama"}, {"norm_before_fc": True}, 147648),
            ({"model_type": "llama"}, {"eagle_aux_hidden_state_layer_ids": [1, 2]}, 143360),
            ({"model_type": "llama", "attention_bias": True}, {"fc_norm": True}, 147840),
            ({"model_type": "qwen3"}, {}, 147488),
            ({"model_type": "qwen3"}, {"norm_before_fc": True}, 147680),
            ({"model_type": "qwen3", "attention_bias": True}, {}, 147680),
            ({"model_type": "qwen3", "attention_bias": True}, {"eagle_aux_hidden_state_layer_ids": [1, 2]}, 143584),
        ],
    )
    def test_speculators_drafts_have_the_parameters_of_its_own_class(
        self, layer: dict[str, Any], draft: dict[str, Any], parameters: int
    ) -> None:
        """Those of `Eagle3DraftModel` of speculators 0.9.0 on torch's meta device, less its copies of the target's."""
        sizes = {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 1, "num_attention_heads": 4}
        rest = {"num_key_value_heads": 2, "head_dim": 16, "vocab_size": 1000, "hidden_act": "silu"}
        written = {"model_type": "speculator_model", "speculators_model_type": "eagle3", "draft_vocab_size": 500}
        config = {"architectures": ["Eagle3Speculator"], **written, "norm_output": False, **draft}
        model = la.load({**config, "transformer_layer_config": {**sizes, **rest, "attention_bias": False, **layer}})
        assert model.coverage.gaps == ()
        assert model.build().parameters == parameters

    def test_a_speculators_layer_of_another_type_is_a_gap(self) -> None:
        layer = {key: value for key, value in LLAMA.items() if key != "architectures"}
        draft = {"architectures": ["Eagle3Speculator"], "speculators_model_type": "eagle3", "draft_vocab_size": 500}
        found = gaps({**draft, "transformer_layer_config": {**layer, "model_type": "qwen2", "num_hidden_layers": 1}})
        assert ("unsupported_feature", "model_type") in found

    @pytest.mark.parametrize(("key", "other"), [("markov_rank", 128), ("enable_confidence_head", False)])
    def test_a_head_that_is_said_in_two_places_is_one_or_a_conflict(self, key: str, other: Any) -> None:
        config = la.load("SpecForge/qwen3-8b-dspark", offline=True).config.data
        said = {**config, "markov_rank": 256, "enable_confidence_head": True}
        assert gaps(said) == []
        assert gaps({**said, key: other}) == [("conflicting_keys", key)]

    def test_a_draft_of_another_attention_is_a_gap(self) -> None:
        config = la.load("SpecForge/qwen3-8b-dspark", offline=True).config.data
        block = {**config["dflash_config"], "attention_mode": "mla"}
        assert ("unsupported_feature", "attention_mode") in gaps({**config, "dflash_config": block})


class TestInference:
    def test_the_page_on_undeclared_types_is_what_is_measured(self) -> None:
        """`python -m tests.reference.inference` writes it anew."""
        assert PAGE.read_text(encoding="utf-8") == page()
