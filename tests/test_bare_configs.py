"""Configs that leave almost everything out: counted as transformers' classes make them, or it is said why not."""

from __future__ import annotations

from typing import Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.spec.components import Head
from tests.facts import checkpoint, facts

TYPES: Final[dict[str, dict[str, Any]]] = facts("bare")["types"]
"""By type: each config, and how many parameters the class makes of it, or what it says against it."""

BEFORE: Final[dict[str, str]] = facts("ties")["types"]
"""By type: which of the ways to say a tie, in the order of the configs, tie the head in transformers 4."""

OTHERWISE: Final = {"longcat_flash": "experts that do nothing have no weights, as in published totals: a note says so"}

OF_ENCODER: Final = "says nothing of the encoder"
"""A gap of any config without the encoder's: its sizes are those of the class, as these facts hold."""

DOUBTFUL: Final = {
    "deepseek_v2": "num_experts_per_tok",
    "exaone": "hidden_size",
    "fast_vlm": "vision_tower",
    "glm_ocr": "attention_bias",
    "inkling2": "num_attention_heads",
    "inkling2_loop": "num_attention_heads",
    "inkling_mm_model": "use_sconv_false num_attention_heads",
    "nemo_speechlm": "audio_tower",
    "ovis2": "hidden_size",
    "pi0": "num_hidden_layers",
    "qwen2_5_omni": "token2wav_tower",
    "qwen3_omni_moe_thinker": "num_attention_heads",
    "shieldgemma2": "tie_word_embeddings",
    "unlimited_ocr": "hidden_size vision_tower",
}
"""By type: gaps, one of which each of its configs has of which the package counts something else, or nothing."""


def counted(model: la.Model) -> int | None:
    try:
        return int(model.build(checkpoint()).parameters)
    except la.AdapterError:
        return None


@pytest.mark.parametrize("initial", sorted({name[0] for name in TYPES}))
def test_what_a_config_leaves_out_is_the_classs_or_a_gap(initial: str) -> None:
    doubted: dict[str, list[set[str]]] = {}
    for name, case in TYPES.items():
        if not name.startswith(initial) or name in OTHERWISE:
            continue
        for config, total in case["configs"]:
            if total.__class__ is int:
                model = la.load(config)
                gaps = {gap.name for gap in model.coverage.gaps if OF_ENCODER not in gap.detail}
                if counted(model) != total:
                    doubted.setdefault(name, []).append(gaps)
    assert doubted.keys() == {name for name in DOUBTFUL if name.startswith(initial)}
    for name, found in doubted.items():
        assert [gaps for gaps in found if gaps.isdisjoint(DOUBTFUL[name].split())] == [], name


def tied(config: dict[str, Any]) -> list[tuple[str, str]]:
    return [(gap.kind, gap.detail) for gap in la.load(config).coverage.gaps if gap.name == "tie_word_embeddings"]


def is_tied(model: la.Model) -> bool:
    assert model.spec is not None
    return any(isinstance(head, Head) and head.weight_of == "embedding" for head in model.spec.outputs)


class TestTies:
    """Mistral 3's class ties by the whole's key, true by default; that of transformers 4 by the language model's."""

    CONFIG: Final[dict[str, Any]] = {
        "model_type": "mistral3",
        "vision_config": {},
        "text_config": {"model_type": "mistral"},
    }

    def test_a_release_that_wrote_the_config_says_which_default_is_meant(self) -> None:
        alone, five = la.load(self.CONFIG), la.load({**self.CONFIG, "transformers_version": "5.2.0"})
        four = la.load({**self.CONFIG, "transformers_version": "4.50.0.dev0"})
        assert counted(alone) == counted(five)
        assert counted(four) == counted(la.load({**self.CONFIG, "tie_word_embeddings": False}))
        assert counted(four) != counted(five)
        assert tied(five.config.data) == tied(four.config.data) == []
        for config in (self.CONFIG, {**self.CONFIG, "transformers_version": "5.0.0.dev0"}):
            assert [kind for kind, _ in tied(config)] == ["inferred"]

    def test_where_both_defaults_agree_nothing_is_doubted(self) -> None:
        assert tied({**self.CONFIG, "text_config": {"model_type": "mistral", "tie_word_embeddings": True}}) == []
        assert tied({**self.CONFIG, "tie_word_embeddings": False}) == []

    def test_a_silent_whole_of_transformers_4_leaves_it_to_the_language_model(self) -> None:
        ours, theirs = {}, {}
        for name, ways in BEFORE.items():
            rows = TYPES[name]["configs"][-len(ways) :]
            for (config, _), way in zip(rows[:3], ways, strict=False):  # of which the whole says nothing
                key = f"{name} {config}"
                ours[key] = is_tied(la.load({**config, "transformers_version": "4.57.3"}))
                theirs[key] = way == "T"
        assert ours == theirs
