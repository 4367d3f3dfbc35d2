"""The bounds of an answer, where a config makes the most of what may be many."""

from __future__ import annotations

import json
import re
from collections import OrderedDict, UserDict
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.dialects.reading.limits import LARGEST
from tests.facts import LLAMA
from tests.fuzz.properties import answered, bounded

LAYERS: Final = LARGEST["num_hidden_layers"]
EACH: Final = list(range(1, LAYERS + 1))
BLOCKS: Final = [
    {"attention": {"n_heads_in_group": 8, "no_op": False}, "ffn": {"ffn_mult": (i + 1) / 4, "no_op": False}}
    for i in range(LAYERS)
]
NAS: Final = {"model_type": "nemotron-nas", "hidden_size": 512, "vocab_size": 1000, "num_attention_heads": 8}

MOST: Final[dict[str, dict[str, Any]]] = {
    "layers": {**LLAMA, "num_hidden_layers": LAYERS},
    "heads that differ": {
        "model_type": "laguna",
        "num_hidden_layers": LAYERS,
        "num_key_value_heads": 1,
        "num_attention_heads_per_layer": EACH,
    },
    "widths that differ": {
        "model_type": "gemma3n_text",
        "num_hidden_layers": LAYERS,
        "num_kv_shared_layers": 0,
        "intermediate_size": EACH,
    },
    "blocks that differ": {**NAS, "num_hidden_layers": LAYERS, "block_configs": BLOCKS},
    "languages": {"model_type": "xmod", "languages": [str(i) for i in range(LARGEST["num_languages"])]},
    "streams of tokens": {"model_type": "musicgen_decoder", "num_codebooks": LARGEST["num_codebooks"]},
    "streams of states": {"model_type": "gemma3n_text", "altup_num_inputs": LARGEST["altup_num_inputs"]},
}


@pytest.mark.parametrize("name", MOST)
def test_the_most_is_answered_in_bounds(name: str) -> None:
    answered(LLAMA)  # what is imported at first use is no part of it
    answered({"model_type": MOST[name]["model_type"]})
    assert answered(MOST[name]).status != "not_supported"
    bounded(name, lambda: la.evaluate(MOST[name]))


@pytest.mark.parametrize(
    ("config", "key"),
    [
        ({"model_type": "musicgen", "decoder": {"num_codebooks": 2**28}}, "decoder.num_codebooks"),
        ({"model_type": "gemma3n", "text_config": {"altup_num_inputs": 2**28}}, "text_config.altup_num_inputs"),
        ({"model_type": "mllama", "vision_config": {"num_global_layers": 2**28}}, "vision_config.num_global_layers"),
        ({"model_type": "longcat_flash", "num_layers": 2**28}, "num_layers"),
        ({"model_type": "janus", "vq_config": {"num_res_blocks": 2**28}}, "vq_config.num_res_blocks"),
        ({"model_type": "janus", "vision_config": {"depth": 2**28}}, "vision_config.depth"),
        ({"model_type": "apertus1p5", "audio_config": {"num_lstm_layers": 2**28}}, "audio_config.num_lstm_layers"),
        (
            {
                "model_type": "qwen3",
                "architectures": ["LiLiCorrDraftModel"],
                "dflash_config": {"lilicorr_num_layers": 2**28},
            },
            "dflash_config.lilicorr_num_layers",
        ),
        ({"model_type": "nemotron_h", "hybrid_override_pattern": "M*" * LAYERS}, "num_hidden_layers"),
        ({"model_type": "llama", "num_hidden_layers": LAYERS + 1}, "num_hidden_layers"),
    ],
)
def test_more_is_refused_at_once(config: dict[str, Any], key: str) -> None:
    gaps = bounded(key, lambda: la.evaluate(config)).gaps
    assert ("invalid_config", key) in [(gap.kind, gap.name) for gap in gaps]


class TestUnknownKeys:
    MANY: Final = {**LLAMA, **{f"key_{i}": i for i in range(300_000)}}

    def test_fifty_are_named_and_the_others_counted(self) -> None:
        gaps = la.evaluate(self.MANY).gaps
        assert len(gaps) == 51
        assert all(gap.kind == "unread_key" for gap in gaps)
        assert gaps[-1].name == "299,950 more keys"

    def test_lists_and_patterns_among_them_are_held_to_each_other_at_once(self) -> None:
        kinds = ["sliding_attention", "full_attention"] * 2
        config = {**LLAMA, "model_type": "gemma3_text", "architectures": ["Gemma3ForCausalLM"]}
        config |= {"num_hidden_layers": 4, "head_dim": 12, "layer_types": kinds}
        gaps = la.evaluate({**self.MANY, **config, "sliding_window_pattern": 3}).gaps
        assert [gap.name for gap in gaps if gap.kind == "conflicting_keys"] == ["sliding_window_pattern"]
        gaps = la.evaluate({**self.MANY, **config, "sliding_window_pattern": 2}).gaps
        assert all(gap.kind == "unread_key" for gap in gaps)

    def test_what_they_are_of_is_built_and_explained(self) -> None:
        model = la.load(self.MANY)
        assert model.build().parameters == la.build(LLAMA).parameters
        assert len(model.build().gaps) == 51

    def test_parts_that_are_left_out_too(self) -> None:
        gaps = la.evaluate({**LLAMA, **{f"vision_{i}_config": {"depth": i} for i in range(1000)}}).gaps
        assert (len(gaps), gaps[-1].name) == (51, "950 more parts")


MANY: Final = {f"key_{i}": i for i in range(300_000)}
OBJECTS: Final = {f"key_{i}": {f"inner_{j}": {} for j in range(300)} for i in range(1000)}


class TestObjectsOfVeryManyKeys:
    """Wherever such an object stands, most of it is not gone through, and a gap has the number."""

    PLACES: Final[dict[str, dict[str, Any]]] = {
        "at the top": {**MANY, **LLAMA},
        "of a language model": {"model_type": "llava", "text_config": {**LLAMA, **MANY}},
        "around a language model": {"model_type": "llava", "text_config": LLAMA, **MANY},
        "of an encoder": {"model_type": "llava", "text_config": LLAMA, "vision_config": MANY},
        "of a type that nobody declared": {**LLAMA, "model_type": "brand_new", **MANY},
        "of what is found by its content": {"model_type": "brand_new", "inside": {**LLAMA, **MANY}},
        "of a quantization": {**LLAMA, "quantization_config": {"quant_method": "fp8", **MANY}},
        "of a draft": {"speculators_model_type": "eagle3", "transformer_layer_config": {**LLAMA, **MANY}},
    }

    @pytest.mark.parametrize("place", PLACES)
    def test_they_are_counted_at_once(self, place: str) -> None:
        la.evaluate({**LLAMA, "model_type": "brand_new"})
        gaps = bounded(place, lambda: la.evaluate(self.PLACES[place])).gaps
        assert [gap.name for gap in gaps if gap.name.endswith(" more keys")]

    @pytest.mark.parametrize("name", ["objects in objects", "rules of a quantization", "a list of objects"])
    def test_what_else_is_wide_is_answered_at_once(self, name: str) -> None:
        rules = {f"-:layers.{i}.*": {} for i in range(300_000)}
        config: dict[str, Any] = {
            "objects in objects": {"model_type": "brand_new", **OBJECTS},
            "rules of a quantization": {
                **LLAMA,
                "quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": 4, "dynamic": rules},
            },
            "a list of objects": {**LLAMA, "a_new_key": [{"x": 1} for _ in range(300_000)]},
        }[name]
        assert bounded(name, lambda: la.evaluate(config)).gaps

    def test_a_known_key_is_read_wherever_it_stands_among_them(self) -> None:
        assert la.build({**MANY, **LLAMA}).parameters == la.build(LLAMA).parameters

    def test_as_many_labels_as_there_are_names(self) -> None:
        names = {str(i): "a" for i in range(20_000)}
        config = {**LLAMA, "architectures": ["LlamaForSequenceClassification"], "id2label": names}
        last = la.build(config).weights[-1]
        assert last.shape[0] == len(names)

    def test_more_names_of_modules_than_are_looked_for_are_undecided(self) -> None:
        rules = {f"+:*.odd_{i}.*x": {"bits": 8} for i in range(2000)}
        config = {"quant_method": "gptq", "bits": 4, "group_size": 4, "dynamic": rules}
        assert bounded("patterns", lambda: la.evaluate({**LLAMA, "quantization_config": config})).gaps


class Whole(int):
    """An integer of a class of its own, as members of enumerations are."""


class Word(str):
    """A word of a class of its own."""


class Mute:
    """What says nothing of itself."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


def refusal(config: dict[str, Any]) -> str:
    """Return why a config is not read."""
    with pytest.raises(la.InvalidConfig) as raised:
        la.load(config)
    return str(raised.value)


class TestDictionaries:
    """What is given as a dictionary is held to what files are held to."""

    def test_of_too_many_levels(self) -> None:
        config: dict[str, Any] = {}
        for _ in range(10_000):
            config = {"text_config": config}
        with pytest.raises(la.InvalidConfig, match="nested deeper than 100 levels"):
            la.load(config)

    def test_that_hold_themselves(self) -> None:
        config: dict[str, Any] = dict(LLAMA)
        config["text_config"] = config
        with pytest.raises(la.InvalidConfig, match="nested deeper than 100 levels"):
            la.load(config)

    @pytest.mark.parametrize("place", ["hidden_size", "layer_types", "a_new_key"])
    def test_that_hold_one_list_very_often(self, place: str) -> None:
        inner: list[Any] = [1]
        for _ in range(90):
            inner = [inner] * 9
        refused = bounded("a list of lists", lambda: refusal({**LLAMA, place: inner}))
        assert f"'{place}', has more than 524,288" in refused

    @pytest.mark.parametrize("place", ["model_type", "hidden_size", "dtype", "a_new_key"])
    @pytest.mark.parametrize(
        "value", ["M" * 10**8, {"a": ["\x1b" * 10**7]}, {"M" * 10**7: 1}, [0] * 10**6, {"a": [{}] * 10**6}]
    )
    def test_larger_than_any_file_that_is_read(self, place: str, value: Any) -> None:
        refused = bounded(place, lambda: refusal({**LLAMA, place: value}))
        assert re.search(f"'{place}', has more than .* not read", refused)

    def test_as_large_as_files_may_be(self) -> None:
        """What a type's name is like is not asked of what no name is as long as."""
        for config in ({"model_type": "M*-E" * 2 * 10**6}, {**LLAMA, "dtype": ["\x1b" * 8 * 10**6]}):
            assert bounded("a long word", partial(la.evaluate, config)).gaps

    @pytest.mark.parametrize("place", ["hidden_size", "a_new_key"])
    def test_of_numbers_that_python_can_not_print(self, place: str) -> None:
        for value in (10**5000, -(10**5000)):
            for config in ({**LLAMA, place: value}, {**LLAMA, "rope_scaling": {place: [value]}}):
                with pytest.raises(la.InvalidConfig, match="more than 4,300 digits"):
                    la.load(config)

    @pytest.mark.parametrize("nested", [OrderedDict, UserDict, MappingProxyType])
    def test_of_other_classes(self, nested: Any) -> None:
        """They are read as `json` would write them: of numpy, of YAML, of a class's `to_dict()`."""
        config = {**LLAMA, "rope_scaling": {"rope_type": "linear", "factor": 2.0}, "id2label": {"0": "a", "1": "b"}}
        odd: dict[Any, Any] = {
            key: nested(value) if isinstance(value, dict) else value for key, value in config.items()
        }
        odd |= {"hidden_size": Whole(LLAMA["hidden_size"]), "rope_theta": Decimal(20000)}
        odd |= {Word("model_type"): Word("llama"), "architectures": tuple(LLAMA["architectures"])}
        odd |= {"id2label": {0: "a", 1: "b"}, "_name_or_path": Path("a/b"), "made": date(2026, 1, 2)}
        coverage = la.evaluate(odd)
        json.dumps(coverage.to_dict(), allow_nan=False)
        assert [gap.name for gap in coverage.gaps] == ["made"]
        assert la.load(nested(odd)).config.data == {
            **config,
            "rope_theta": 20000.0,
            "_name_or_path": "a/b",
            "made": "2026-01-02",
        }

    def test_nested_in_other_classes(self) -> None:
        for nested in (lambda inner: OrderedDict(a=inner), lambda inner: (inner,), lambda inner: UserDict(a=inner)):
            value: Any = 0
            for _ in range(10_000):
                value = nested(value)
            with pytest.raises(la.InvalidConfig, match="'a_new_key', is nested deeper than 100 levels"):
                la.load({**LLAMA, "a_new_key": value})

    WORDLESS: Final = {
        "two keys alike": ({1: 1, "1": 2}, "has the key '1' twice"),
        "a key of two": ({(1, 2): 3}, "has a key of the class tuple"),
        "an integer of its own": (Whole(10**5000), "more than 4,300 digits"),
        "in a tuple": ((10**5000,), "more than 4,300 digits"),
        "as a key": ({10**5000: 1}, "more than 4,300 digits"),
        "an object": (Mute(), "is of the class Mute, which JSON has no words for"),
    }

    @pytest.mark.parametrize(("value", "said"), WORDLESS.values(), ids=WORDLESS)
    def test_that_json_has_no_words_for(self, value: object, said: str) -> None:
        with pytest.raises(la.InvalidConfig, match=f"'rope_scaling', .*{said}"):
            la.load({**LLAMA, "rope_scaling": value})
        for given in ({"files": {"quant_config.json": {"a": value}}}, {"preprocessor": {"a": value}}):
            with pytest.raises(la.InvalidConfig, match=said):
                la.load(LLAMA, **given)
