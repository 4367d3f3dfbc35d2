"""Pictures that share the pixels of a request, and are seen by cross attention alone (Moss-VL)."""

from __future__ import annotations

from typing import Any, Final

import pytest

import llmsim_adapters as la
from tests.facts import checkpoint, facts, with_value

FACT: Final = facts("sglang/media")["types"]["moss_vl"]
CONFIG: Final[dict[str, Any]] = {**FACT["config"], "architectures": ["MossVLForConditionalGeneration"]}
FILES: Final = {"preprocessor_config.json": FACT["processor"]["image"]}


def graph(*images: tuple[int, int], **fields: Any) -> la.OperatorGraph:
    return la.load(CONFIG, files=FILES).build(checkpoint(images=images, **fields))


def test_a_picture_is_one_token_of_the_text_and_cross_attention_sees_its_patches() -> None:
    (item,) = graph((448, 448), seq_len=1).media
    assert (item.tokens, item.text, item.attended) == (0, 1, 14 * 14 + 1)


def test_several_share_what_one_may_have_alone() -> None:
    (alone,) = graph((900, 1300)).media
    shared = graph((900, 1300), (900, 1300)).media
    assert shared[0] == shared[1]
    assert shared[0].seen[0] * shared[0].seen[1] <= 200_000 < alone.seen[0] * alone.seen[1] <= 300_000


def test_those_that_have_their_size_already_keep_it() -> None:
    items = graph((960, 1280), (960, 1280), preprocessed=True).media
    assert [item.seen for item in items] == [(960, 1280)] * 2


def test_a_step_without_pictures_leaves_the_layers_out_that_attend_to_them() -> None:
    crossed = {op.name for op in graph((64, 64)).operators if op.block == "cross"}
    assert "cross_attention.scores" in crossed
    assert not [op for op in la.load(CONFIG).build(checkpoint()).operators if op.block == "cross"]


@pytest.mark.parametrize("layers", [[], [0, 3]])
def test_the_config_says_which_layers_these_are(layers: list[int]) -> None:
    built = la.load(with_value(CONFIG, "text_config.cross_attention_layers", layers)).build(checkpoint())
    assert sum(w.count for w in built.weights if w.name == "cross_attention.q_proj") == len(layers)
    assert sum(w.count for w in built.weights if w.name == "attention.q_proj" and w.stack == "text") == 4 - len(layers)


def test_results_of_another_size_than_the_language_models_are_refused() -> None:
    model = la.load(with_value(CONFIG, "vision_config.out_hidden_size", 48))
    assert ("invalid_config", "vision_config.out_hidden_size") in [(gap.kind, gap.name) for gap in model.coverage.gaps]
