"""Types that nobody declared: what their keys say is read, and what they don't say is assumed, a gap each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import llmsim_adapters as la
from llmsim_adapters.dialects.read import read
from llmsim_adapters.gap import GapKind
from llmsim_adapters.graph.schedule import Schedule
from llmsim_adapters.lowerings.wiring import wire
from llmsim_adapters.spec.components import (
    MLP,
    Attention,
    Embedding,
    GatedDeltaNet,
    Head,
    LatentAttention,
    Mamba,
    Mamba2,
    MixtureOfExperts,
    Norm,
    PositionEmbedding,
    ShortConvolution,
)
from tests.facts import CASES, LLAMA, checkpoint
from tests.reference import inference
from tests.test_layers import PACKAGE, imports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from llmsim_adapters.spec.model import ModelSpec

EXACT: Final = 118
"""Types of which every configuration comes out exact: to be raised, never to be lowered."""

NEW: Final[dict[str, Any]] = {
    **LLAMA,
    "model_type": "brand_new",
    "architectures": ["BrandNewForCausalLM"],
    "tie_word_embeddings": False,
}
PLAIN: Final[dict[str, Any]] = {
    "model_type": "brand_new",
    "vocab_size": 1000,
    "n_embd": 96,
    "n_layer": 3,
    "n_head": 8,
    "n_positions": 64,
    "activation_function": "gelu_new",
    "layer_norm_epsilon": 1e-5,
}
"""A config with the keys of GPT-2."""

CONFIGS: Final = [(name, case["config"]) for name, case in CASES if case["form"] in ("diff", "full")]


def spec_of(config: dict[str, Any]) -> ModelSpec:
    spec = read(config).spec
    assert spec is not None
    return spec


def parts(config: dict[str, Any], kind: type[Any]) -> list[Any]:
    return [part for part in spec_of(config).components() if isinstance(part, kind)]


def assumed(config: dict[str, Any]) -> set[str]:
    return {gap.name for gap in read(config).gaps if gap.kind is GapKind.INFERRED}


class TestLeaveOneOut:
    """Each declared type, read as if its dialect were not there."""

    def test_no_type_comes_out_worse_than_it_did(self) -> None:
        found = Counter(inference.worst(those) for those in inference.outcomes().values())
        assert found["exact"] >= EXACT

    def test_a_wrong_figure_says_what_it_rests_on(self) -> None:
        """Each part that is off by more than a percent of the total has an assumption about it."""
        silent = {name: one.silent for name, those in inference.outcomes().items() for one in those if one.silent}
        assert not silent

    @pytest.mark.parametrize(
        ("assumed", "found"), [(set(), ["mixers"]), ({"mlp"}, ["mixers"]), ({"attention"}, []), ({"layers"}, [])]
    )
    def test_what_counts_as_saying_so(self, assumed: set[str], found: list[str]) -> None:
        inferred, real = {"mixers": 300, "networks": 505}, {"mixers": 400, "networks": 500}
        assert list(inference.silent(inferred, real, 1000, assumed)) == found

    def test_published_models_come_out_exact(self) -> None:
        """But one, whose architecture's name does not tell whether it has a head."""
        found = inference.published()
        assert {name for name, one in found.items() if one.name != "exact"} == {"THUDM/glm-4-9b"}
        assert not any(one.silent for one in found.values())

    def test_the_page_is_current(self) -> None:
        """`python -m tests.reference.inference` writes it anew."""
        assert inference.PAGE.read_text(encoding="utf-8") == inference.page()

    @pytest.mark.parametrize("name", sorted({name for name, _ in CONFIGS}))
    def test_it_is_never_fully_supported(self, name: str) -> None:
        for config in (config for owner, config in CONFIGS if owner == name):
            hidden = {key: _hidden(value) for key, value in config.items()} | HIDDEN
            coverage = la.evaluate(hidden)
            assert coverage.status != "fully_supported"
            assert ("inferred", "model_type") in {(str(gap.kind), gap.name) for gap in coverage.gaps} or (
                coverage.status == "not_supported"
            )

    def test_its_rules_know_no_dialect_of_a_type(self) -> None:
        folder = PACKAGE / "dialects" / "inferring"
        found = {name for path in folder.glob("*.py") for name in imports(path)}
        assert found
        assert not any(name.startswith("llmsim_adapters.dialects.types") for name in found)


HIDDEN: Final = {"model_type": "nobody_declared", "architectures": ["NobodyDeclaredForCausalLM"]}


def _hidden(value: Any) -> Any:
    return {**value, "model_type": "nobody_declared"} if isinstance(value, dict) else value


class TestAssumptions:
    """Each assumption is one gap, and a key that confirms it ends the gap."""

    def test_a_config_with_the_keys_of_llama_is_read_as_one(self) -> None:
        coverage = la.evaluate(NEW)
        assert (coverage.status, coverage.builder) == ("partially_supported", "qwen3")
        assert {str(gap.kind) for gap in coverage.gaps} == {"inferred"}
        assert la.build(NEW, checkpoint()).parameters == la.build(LLAMA, checkpoint()).parameters

    @pytest.mark.parametrize(
        ("said", "ended"),
        [
            ({"attention_bias": False}, "attention_bias"),
            ({"mlp_bias": False}, "mlp_bias"),
            ({"head_dim": 12}, "head_dim"),
            ({"use_qk_norm": False}, "qk_norm"),
            ({"rms_norm_eps": 1e-6}, "norm"),
            ({"rope_theta": 1e4}, "positions"),
            ({"hidden_act": "swiglu"}, "mlp"),
            ({"use_post_norm": False}, "layout"),
        ],
    )
    def test_a_key_that_confirms_an_assumption_ends_its_gap(self, said: dict[str, Any], ended: str) -> None:
        assert assumed(NEW) - assumed({**NEW, **said}) == {ended}

    def test_a_head_that_no_key_speaks_of_is_tied(self) -> None:
        """It is transformers' default until version 5, which files leave out."""
        config = {key: value for key, value in NEW.items() if key != "tie_word_embeddings"}
        for version in ("4.57.0", "5.0.0.dev0", 5, None):
            assert parts({**config, "transformers_version": version}, Head)[0].weight_of == "embedding"
        assert "tie_word_embeddings" in assumed(config)

    def test_a_file_of_transformers_5_would_say_that_it_is(self) -> None:
        """Its base class has no such key (`configuration_utils.py`), so that files have it of every class that has."""
        config = {key: value for key, value in NEW.items() if key != "tie_word_embeddings"}
        config["transformers_version"] = "5.23.0"
        assert parts(config, Head)[0].weight_of == "itself"
        assert parts({**config, "tie_word_embeddings": True}, Head)[0].weight_of == "embedding"
        assert "tie_word_embeddings" in assumed(config)

    @pytest.mark.parametrize("key", ["output_vocab_size", "unpadded_vocab_size"])
    def test_a_head_may_have_rows_of_its_own(self, key: str) -> None:
        """Where it has weights of its own; where it is tied, nobody knows what the key means."""
        (head,) = parts({**NEW, key: 900}, Head)
        (table,) = parts({**NEW, key: 900}, Embedding)
        assert (head.vocab_size, table.vocab_size) == (900, 1000)
        tied = {**NEW, "tie_word_embeddings": True}
        assert parts({**tied, key: 900}, Head) == parts(tied, Head)
        assert (GapKind.UNREAD_KEY, key) in {(gap.kind, gap.name) for gap in read({**tied, key: 900}).gaps}

    @pytest.mark.parametrize("said", [{}, {"o_bias": False}])
    def test_biases_of_attention_are_an_assumption_about_the_output(self, said: dict[str, Any]) -> None:
        found = [gap for gap in read({**NEW, "attention_bias": True, **said}).gaps if gap.name == "attention_bias"]
        assert [("the output" in gap.detail) for gap in found] == ([True] if not said else [])

    def test_xielu_has_trained_numbers_of_its_own(self) -> None:
        """Two a layer, whatever the type: transformers makes a module of it wherever it is named (`activations.py`)."""
        (network,) = parts({**NEW, "hidden_act": "xielu"}, MLP)
        assert (network.gated, network.activation_parameters) == (False, 2)
        before, after = (la.load({**LLAMA, "hidden_act": name}).build() for name in ("silu", "xielu"))
        assert after.parameters - before.parameters == 2 * 3
        assert after.buffers - before.buffers == 2 * 3

    @pytest.mark.parametrize("size", ["vocab_size", "hidden_size", "num_hidden_layers", "intermediate_size"])
    def test_a_size_that_nothing_says_is_not_invented(self, size: str) -> None:
        reading = read({key: value for key, value in NEW.items() if key != size})
        assert reading.spec is None
        assert (GapKind.MISSING_PARAMETER, size) in {(gap.kind, gap.name) for gap in reading.gaps}

    @pytest.mark.parametrize("kind", ["jet", "hybrid_sliding", "compressed_sparse_attention", 7, None])
    def test_layers_of_an_unknown_kind_are_an_assumption(self, kind: Any) -> None:
        config = {**NEW, "layer_types": ["full_attention", kind, "full_attention"]}
        assert la.evaluate(config).status == "partially_supported"
        assert "layer_types" in assumed(config)

    def test_layers_without_attention_and_without_sizes_are_an_assumption(self) -> None:
        config = {**NEW, "layer_types": ["linear_attention", "full_attention", "linear_attention"]}
        assert {type(part) for part in parts(config, Attention)} == {Attention}
        assert "layer_types" in assumed(config)

    @pytest.mark.parametrize(
        ("name", "head"),
        [
            ("BrandNewForCausalLM", True),
            ("BrandNewModelLM", True),
            ("BrandNewV", True),
            ("BrandNewModel", False),
            ("BrandNewForSequenceClassification", False),
        ],
    )
    def test_an_architectures_name_says_whether_it_has_a_head(self, name: str, head: bool) -> None:
        config = {**NEW, "architectures": [name]}
        assert bool(parts(config, Head)) is head
        assert bool(parts({**config, "auto_map": {"AutoModelForCausalLM": f"modeling.{name}"}}, Head))

    def test_a_list_that_is_not_one_for_each_layer_is_invalid(self) -> None:
        kinds = {gap.kind for gap in read({**NEW, "layer_types": ["full_attention"]}).gaps}
        assert GapKind.INVALID_CONFIG in kinds


class TestManner:
    @pytest.mark.parametrize(
        ("said", "gated"),
        [
            ({"hidden_act": "silu"}, True),
            ({"hidden_act": "swiglu"}, True),
            ({"hidden_act": "relu2"}, False),
            ({"hidden_act": "gelu", "layer_norm_eps": 1e-5}, False),
            ({"hidden_act": "gelu_pytorch_tanh", "rms_norm_eps": 1e-5}, True),
        ],
    )
    def test_the_activation_says_whether_there_is_a_gate(self, said: dict[str, Any], gated: bool) -> None:
        assert {mlp.gated for mlp in parts({**NEW, **said}, MLP)} == {gated}

    @pytest.mark.parametrize(
        ("said", "norm"),
        [
            ({"rms_norm_eps": 1e-5}, Norm(96)),
            ({"layer_norm_eps": 1e-5}, Norm(96, "layer", bias=True)),
            ({"layer_norm_eps": 1e-5, "norm_bias": False}, Norm(96, "layer")),
            ({"layer_norm_epsilon": 1e-5, "hidden_act": "silu"}, Norm(96)),
            ({"norm_epsilon": 1e-5, "hidden_act": "gelu"}, Norm(96, "layer", bias=True)),
            ({"layer_norm_eps": 1e-5, "layer_norm_type": "rms"}, Norm(96)),
        ],
    )
    def test_the_keys_name_the_norms(self, said: dict[str, Any], norm: Norm) -> None:
        assert set(parts({**NEW, **said}, Norm)) == {norm}

    def test_the_time_of_gpt_2(self) -> None:
        """Learned positions, biases, layer norms, and a network without a gate, four times as wide as the model."""
        (mlp,) = parts(PLAIN, MLP)
        (attention,) = parts(PLAIN, Attention)
        assert (mlp.intermediate_size, mlp.gated, mlp.bias) == (384, False, True)
        assert (attention.qkv_bias, attention.o_bias, attention.rotary_fraction) == (True, True, 0.0)
        assert parts({**NEW, "max_position_embeddings": 64, "position_embedding_type": "absolute"}, PositionEmbedding)
        assert parts(PLAIN, PositionEmbedding) == [PositionEmbedding(positions=64, hidden_size=96)]
        assert set(parts(PLAIN, Norm)) == {Norm(96, "layer", bias=True)}

    @pytest.mark.parametrize(
        "said", [{"rotary_pct": 0.25}, {"alibi": True}, {"alibi": False}, {"position_embedding_type": "alibi"}]
    )
    def test_positions_that_have_no_table(self, said: dict[str, Any]) -> None:
        assert not parts({**PLAIN, **said}, PositionEmbedding)

    @pytest.mark.parametrize(
        ("said", "biases"),
        [
            ({"attention_bias": True}, (True, True, False)),
            ({"qkv_bias": True}, (True, False, False)),
            ({"attention_bias": True, "attention_out_bias": False}, (True, False, False)),
            ({"use_bias": True}, (True, True, True)),
            ({"bias": True}, (True, True, False)),
            ({"no_bias": True}, (False, False, False)),
            ({"max_window_layers": 28}, (True, False, False)),
            ({"max_window_layers": 28, "attention_bias": False}, (False, False, False)),
        ],
    )
    def test_the_keys_of_biases(self, said: dict[str, Any], biases: tuple[bool, bool, bool]) -> None:
        (attention,), (mlp,) = parts({**NEW, **said}, Attention), parts({**NEW, **said}, MLP)
        assert (attention.qkv_bias, attention.o_bias, mlp.bias) == biases

    @pytest.mark.parametrize(
        ("said", "norms"),
        [
            ({}, [(1, 0), (1, 0)]),
            ({"use_post_norm": True}, [(1, 1), (1, 1)]),
            ({"do_layer_norm_before": False}, [(0, 1), (0, 1)]),
            ({"parallel_attn": True}, [(1, 0)]),
            ({"query_pre_attn_scalar": 224}, [(1, 1), (1, 1)]),
        ],
    )
    def test_where_the_norms_stand(self, said: dict[str, Any], norms: list[tuple[int, int]]) -> None:
        (block,) = spec_of({**NEW, **said}).stacks[0].blocks
        assert [(len(sub.pre_norms), len(sub.post_norms)) for sub in block.sublayers] == norms

    @pytest.mark.parametrize(
        ("said", "norm"),
        [
            ({"use_qk_norm": True}, Norm(12)),
            ({"qk_layernorm": True}, Norm(12, "layer", bias=True)),
            ({"use_sliding_window": False, "attention_bias": False}, Norm(12)),
            ({"rope_scaling": {"mrope_interleaved": True}, "attention_bias": False}, Norm(12)),
            ({"use_sliding_window": False, "attention_bias": False, "mlp_bias": False}, None),
        ],
    )
    def test_the_norms_of_queries_and_keys(self, said: dict[str, Any], norm: Norm | None) -> None:
        (attention,) = parts({**NEW, **said}, Attention)
        assert (attention.q_norm, attention.k_norm) == (norm, norm)


EXPERTS: Final[dict[str, Any]] = {**NEW, "num_experts": 8, "num_experts_per_tok": 2, "moe_intermediate_size": 50}


class TestExperts:
    def test_experts_are_never_taken_for_dense(self) -> None:
        coverage = la.evaluate(EXPERTS)
        assert (coverage.category, coverage.builder) == ("moe", "qwen3_moe")
        assert "experts" in assumed(EXPERTS)

    @pytest.mark.parametrize(
        ("said", "sparse"),
        [
            ({"first_k_dense_replace": 1}, [1, 2]),
            ({"num_dense_layers": 2}, [2]),
            ({"mlp_layer_types": ["sparse", "dense", "sparse"]}, [0, 2]),
            ({"mlp_layer_types": ["hash_moe", "dense", "moe"]}, [0, 2]),
            ({"moe_layer_freq": [0, 1, 0]}, [1]),
            ({"mlp_only_layers": [0]}, [1, 2]),
            ({"decoder_sparse_step": 2}, [1]),
            ({"moe_layers": [1]}, [1]),
            ({"interleave_moe_layer_step": 2}, [1]),
            ({"moe_layer_start_index": 1}, [1, 2]),
            ({"expert_layer_period": 2, "expert_layer_offset": 1}, [1]),
            ({"is_moe": False}, []),
            ({}, [0, 1, 2]),
        ],
    )
    def test_which_layers_have_experts(self, said: dict[str, Any], sparse: list[int]) -> None:
        (text,) = spec_of({**EXPERTS, **said}).stacks
        blocks = [text.blocks[i] for i in text.order]
        kinds = [{type(mixer) for sub in block.sublayers for mixer in sub.mixers} for block in blocks]
        assert [i for i, found in enumerate(kinds) if MixtureOfExperts in found] == sparse

    @pytest.mark.parametrize(
        ("said", "width"),
        [
            ({"n_shared_experts": 2}, 100),
            ({"shared_expert_intermediate_size": 70}, 70),
            ({"shared_intermediate_size": 60}, 60),
            ({}, None),
        ],
    )
    def test_shared_experts(self, said: dict[str, Any], width: int | None) -> None:
        (experts,) = parts({**EXPERTS, **said}, MixtureOfExperts)
        assert (experts.shared and experts.shared.intermediate_size) == width

    def test_experts_without_a_size_of_their_own_have_the_usual_one(self) -> None:
        config = {key: value for key, value in EXPERTS.items() if key != "moe_intermediate_size"}
        assert parts(config, MixtureOfExperts)[0].moe_intermediate_size == LLAMA["intermediate_size"]
        assert "moe_intermediate_size" in assumed(config)


MAMBA: Final = {"mamba_d_state": 14, "mamba_d_conv": 4, "mamba_expand": 2}
DELTA: Final = {
    "linear_num_value_heads": 4,
    "linear_num_key_heads": 2,
    "linear_key_head_dim": 6,
    "linear_value_head_dim": 8,
}
MIXED: Final = ["mamba", "attention", "mamba"]


class TestMixers:
    def test_latent_attention_is_never_taken_for_grouped(self) -> None:
        config = {**NEW, "kv_lora_rank": 20, "qk_rope_head_dim": 6, "qk_nope_head_dim": 10, "v_head_dim": 8}
        del config["num_key_value_heads"]
        assert la.evaluate(config).category == "mla"
        assert la.build(config, checkpoint()).kv_cache_elements_per_token == 3 * 26

    @pytest.mark.parametrize(
        ("said", "kinds"),
        [
            ({**MAMBA, "attn_layer_indices": [1]}, [Mamba, Attention, Mamba]),
            ({**MAMBA, "attn_layer_period": 3, "attn_layer_offset": 2}, [Mamba, Mamba, Attention]),
            ({**MAMBA, "mamba_n_heads": 8, "layers_block_type": MIXED}, [Mamba2, Attention, Mamba2]),
            ({**DELTA, "full_attention_interval": 3}, [GatedDeltaNet, GatedDeltaNet, Attention]),
            ({"conv_L_cache": 3, "full_attn_idxs": [0]}, [Attention, ShortConvolution, ShortConvolution]),
            ({"layer_types": ["full_attention", "sliding_attention", "chunked_attention"]}, [Attention] * 3),
        ],
    )
    def test_mixers_are_known_by_the_keys_of_their_sizes(self, said: dict[str, Any], kinds: list[type[Any]]) -> None:
        (text,) = spec_of({**NEW, **said}).stacks
        assert [type(text.blocks[i].sublayers[0].mixers[0]) for i in text.order] == kinds

    def test_a_model_of_nothing_but_state_spaces(self) -> None:
        config = {key: value for key, value in NEW.items() if key not in ("num_attention_heads", "num_key_value_heads")}
        spec = spec_of({**config, "state_size": 16, "conv_kernel": 4, "expand": 2})
        assert not [part for part in spec.components() if isinstance(part, (Attention, LatentAttention, MLP))]

    def test_attention_beside_a_state_space_where_no_key_says_which_layers_have_which(self) -> None:
        config = {**NEW, **MAMBA, "mamba_n_heads": 8}
        assert {type(mixer) for mixer in spec_of(config).stacks[0].blocks[0].sublayers[0].mixers} == {Mamba2, Attention}
        assert "layer_types" in assumed(config)

    @pytest.mark.parametrize(
        ("said", "heads"), [({"multi_query": True}, 1), ({"multi_query": False}, 8), ({"n_head_kv": 2}, 2), ({}, 8)]
    )
    def test_key_value_heads(self, said: dict[str, Any], heads: int) -> None:
        config = {key: value for key, value in NEW.items() if key != "num_key_value_heads"}
        assert parts({**config, **said}, Attention)[0].num_key_value_heads == heads


class TestHalves:
    PAIR: Final = {
        "model_type": "brand_new",
        "architectures": ["BrandNewForCausalLM"],
        "vocab_size": 1000,
        "d_model": 96,
        "encoder_layers": 5,
        "decoder_layers": 3,
        "decoder_attention_heads": 8,
        "decoder_ffn_dim": 200,
        "max_position_embeddings": 64,
        "activation_function": "gelu",
    }

    def test_the_decoder_of_a_pair(self) -> None:
        spec = spec_of(self.PAIR)
        assert len(spec.stacks[0].order) == 3
        assert parts(self.PAIR, PositionEmbedding) == [PositionEmbedding(positions=66, hidden_size=96)]
        assert any(sub.from_encoder for sub in spec.stacks[0].blocks[0].sublayers)

    def test_positions_that_are_computed(self) -> None:
        assert not parts({**self.PAIR, "static_position_embeddings": True}, PositionEmbedding)

    @pytest.mark.parametrize(("size", "table"), [(40, (1000, 40)), (1024, (1024, 96))])
    def test_the_size_of_embeddings_is_a_width_or_a_number_of_rows(self, size: int, table: tuple[int, int]) -> None:
        (embedding,) = parts({**NEW, "embedding_size": size}, Embedding)
        assert (embedding.vocab_size, embedding.hidden_size) == table

    def test_an_encoder_that_is_not_modelled_is_named(self) -> None:
        config = {**NEW, "architectures": ["BrandNewForConditionalGeneration"], "is_encoder_decoder": True}
        assert "encoder" in spec_of(config).unmodelled

    def test_the_table_of_the_kinds_of_token_is_berts(self) -> None:
        config = {**NEW, "type_vocab_size": 2, "max_position_embeddings": 64, "embedding_size": 40}
        assert [table.positions for table in parts(config, PositionEmbedding)] == [64, 2]
        assert parts(config, Embedding) == [Embedding(vocab_size=1000, hidden_size=40)]


SIZES: Final = {key: value for key, value in LLAMA.items() if key not in ("model_type", "architectures")}


class TestLanguageModel:
    """Where the language model is, in a config of a whole that nobody declared."""

    @pytest.mark.parametrize(
        ("path", "config"),
        [
            ("transformer_layer_config", {"transformer_layer_config": SIZES}),
            ("inner.deep", {"inner": {"deep": SIZES}}),
            ("text_config.decoder", {"text_config": {"decoder": SIZES}}),
            ("text", {"text": SIZES, "vision_config": SIZES}),
            ("words", {"words": SIZES, "sound_encoder": SIZES}),
            ("a", {"a": SIZES, "b": {key: value for key, value in SIZES.items() if key != "vocab_size"}}),
            ("llm", {"llm": {"dim": 96, "n_layers": 3, "n_heads": 8, "hidden_dim": 200, "vocab_size": 1000}}),
        ],
    )
    def test_it_is_found_by_its_content(self, path: str, config: dict[str, Any]) -> None:
        coverage = la.evaluate({"model_type": "brand_new", **config})
        assert coverage.status == "partially_supported"
        assert coverage.path == path
        assert coverage.parameters["hidden_size"].key in (f"{path}.hidden_size", f"{path}.dim")
        (gap,) = (gap for gap in coverage.gaps if gap.name in ("language_model", "text_config"))
        assert f"`{path}`" in gap.detail

    @pytest.mark.parametrize(
        "config", [{"a": SIZES, "b": SIZES}, {"vision_config": SIZES}, {"a": {"b": {"c": {"d": SIZES}}}}]
    )
    def test_what_can_not_be_told_is_not_taken(self, config: dict[str, Any]) -> None:
        assert la.evaluate({"model_type": "brand_new", **config}).status == "not_supported"

    def test_a_declared_type_has_it_where_its_class_does(self) -> None:
        coverage = la.evaluate({**LLAMA, "inner": SIZES})
        assert (coverage.path, [gap.name for gap in coverage.gaps]) == ("", ["inner"])

    def test_what_the_whole_says_of_it_is_read(self) -> None:
        draft = {"architectures": ["Eagle3Speculator"], "draft_vocab_size": 300, "transformer_layer_config": {**SIZES}}
        draft["transformer_layer_config"]["num_hidden_layers"] = 1
        parameter = la.evaluate(draft).parameters["draft_vocab_size"]
        assert (parameter.value, parameter.key) == (300, "draft_vocab_size")

    def test_the_names_of_llamas_reference_code(self) -> None:
        named = {"model_type": "brand_new", "vocab_size": 1000}
        config = {**named, "dim": 96, "n_layers": 3, "n_heads": 8, "n_kv_heads": 2, "hidden_dim": 200}
        spelled = {**named, **SIZES}
        assert la.build(config, checkpoint()).parameters == la.build(spelled, checkpoint()).parameters


class TestRelatives:
    """Types that nobody declared, read as one that is: it has the class, or a name that theirs extends."""

    DEEPSEEK: Final = next(case["config"] for name, case in CASES if name == "deepseek_v3" and case["form"] == "full")

    @pytest.mark.parametrize(
        ("identity", "reason"),
        [
            ({"model_type": "brand_new"}, "DeepseekV3ForCausalLM is the class of deepseek_v3"),
            (
                {"model_type": "deepseek_v3_note", "architectures": ["BrandNewForCausalLM"]},
                "the name extends that of deepseek_v3",
            ),
            (
                {"model_type": "deepseek_v3-note_text", "architectures": ["BrandNewForCausalLM"]},
                "the name extends that",
            ),
        ],
    )
    def test_the_figures_are_the_other_types_under_a_gap(self, identity: dict[str, Any], reason: str) -> None:
        model = la.load({**self.DEEPSEEK, **identity})
        assert model.build(checkpoint()).parameters == la.build(self.DEEPSEEK, checkpoint()).parameters
        assert model.coverage.status == "partially_supported"
        assert model.coverage.model_type == identity["model_type"]
        (gap,) = (gap for gap in model.coverage.gaps if gap.name == "model_type")
        assert gap.kind is GapKind.INFERRED
        assert reason in gap.detail

    @pytest.mark.parametrize(
        "change", [{"a_new_mechanism": 7}, {"moe_layer_freq": None, "q_lora_rank": "x"}, {"kv_lora_rank": None}]
    )
    def test_a_type_that_does_not_read_every_key_stands_for_no_other(self, change: dict[str, Any]) -> None:
        gaps = read({**self.DEEPSEEK, **change, "model_type": "brand_new"}).gaps
        assert not any("it is read as that" in gap.detail for gap in gaps)

    def test_sizes_are_not_taken_from_the_other_type(self) -> None:
        config = {key: value for key, value in self.DEEPSEEK.items() if key != "vocab_size"}
        reading = read({**config, "model_type": "brand_new"})
        assert reading.spec is None
        assert ("missing_parameter", "vocab_size") in {(gap.kind, gap.name) for gap in reading.gaps}

    def test_a_default_that_is_taken_is_an_assumption(self) -> None:
        config = {key: value for key, value in LLAMA.items() if key != "tie_word_embeddings"}
        found = {gap.name: gap.detail for gap in read({**config, "model_type": "brand_new"}).gaps}
        assert found["attention_bias"] == "no key says so: taken to be False, as in llama"


def test_reading_a_declared_type_does_not_load_it(run_python: Callable[..., str]) -> None:
    code = "import llmsim_adapters as la, sys\nla.load('Qwen/Qwen3-8B', offline=True).coverage\n"
    assert run_python(f"{code}print('llmsim_adapters.dialects.inferring' in sys.modules)").strip() == "False"


KEYS: Final = sorted({key for _, config in CONFIGS for key in config if key not in ("model_type", "architectures")})
VALUES: Final = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 2**40) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def _values_of(key: str) -> Iterable[Any]:
    return [config[key] for _, config in CONFIGS if key in config]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(
    st.sampled_from([config for _, config in CONFIGS]),
    st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=3),
    st.sets(st.sampled_from(KEYS), max_size=4),
    st.sets(st.sampled_from(KEYS), max_size=2),
)
def test_any_mixture_of_known_keys_is_answered(
    config: dict[str, Any], changed: dict[str, Any], borrowed: set[str], dropped: set[str]
) -> None:
    """Keys of other types, odd values and missing ones: the reading has a spec that can be wired, or says why not."""
    mixed = {key: value for key, value in config.items() if key not in dropped}
    mixed |= {key: next(iter(_values_of(key))) for key in sorted(borrowed)} | changed
    reading = read(mixed, by_keys_alone=True)
    if reading.spec is None:
        assert any(gap.kind in (GapKind.MISSING_PARAMETER, GapKind.INVALID_CONFIG) for gap in reading.gaps)
    else:
        assert wire(reading.spec, Schedule(engine="checkpoint")).parameters > 0
