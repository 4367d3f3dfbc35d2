"""The first LLaVAs' layout: encoders that configs name, and what their settings say of pictures."""

from __future__ import annotations

from typing import Any, Final

import pytest

import llmsim_adapters as la
from tests.facts import checkpoint, facts

WHOLES: Final = facts("checkpoints")["wholes"]
CONFIG: Final[dict[str, Any]] = {
    "model_type": "llava",
    "architectures": ["LlavaLlamaForCausalLM"],
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "vocab_size": 512,
    "mm_vision_tower": "openai/clip-vit-large-patch14-336",
    "mm_hidden_size": 1024,
    "mm_projector_type": "mlp2x_gelu",
    "mm_patch_merge_type": "spatial_unpad",
    "image_aspect_ratio": "anyres",
    "image_grid_pinpoints": [[336, 672], [672, 336], [672, 672], [1008, 336], [336, 1008]],
}


def tokens(config: dict[str, Any], *images: tuple[int, int]) -> list[int]:
    graph = la.load(config).build(checkpoint(seq_len=2**16, images=images))
    return [item.length for item in graph.media]


@pytest.mark.parametrize("name", sorted(WHOLES))
def test_a_checkpoint_with_its_encoder_has_the_bytes_of_its_files(name: str) -> None:
    graph = la.load(WHOLES[name]["config"]).build(checkpoint())
    assert sum(weight.bytes for weight in graph.weights) == WHOLES[name]["bytes"]


def test_a_named_encoder_has_the_sizes_of_its_own_config() -> None:
    parameters = la.load(CONFIG).coverage.parameters
    assert parameters["mm_vision_tower.hidden_size"].value == 1024
    assert parameters["mm_vision_tower.num_hidden_layers"].value == 24


@pytest.mark.parametrize("name", ["a/b", "openai/clip-vit-large-patch14-336-of-mine", "", 3, None])
def test_an_encoder_that_nobody_knows_is_a_gap(name: object) -> None:
    coverage = la.load({**CONFIG, "mm_vision_tower": name}).coverage
    assert coverage.status != "fully_supported"
    assert {"vision_tower", "mm_vision_tower"} & {gap.name for gap in coverage.gaps}


def test_a_copy_of_an_encoder_in_a_folder_is_that_encoder() -> None:
    copied = {**CONFIG, "mm_vision_tower": "/models/clip-vit-large-patch14-336/"}
    assert la.load(copied).build(checkpoint()).parameters == la.load(CONFIG).build(checkpoint()).parameters


def test_another_width_than_the_encoders_is_refused() -> None:
    coverage = la.load({**CONFIG, "mm_hidden_size": 768}).coverage
    assert "mm_hidden_size" in {gap.name for gap in coverage.gaps}


@pytest.mark.parametrize(
    "said",
    [
        [[336, 672], [672, 336], [672, 672], [1008, 336], [336, 1008]],
        "[(336, 672), (672, 336), (672, 672), (1008, 336), (336, 1008)]",
    ],
)
def test_sizes_that_pictures_are_fitted_to_are_a_list_or_its_text(said: object) -> None:
    assert tokens({**CONFIG, "image_grid_pinpoints": said}, (400, 600)) == tokens(CONFIG, (400, 600))


def test_sizes_may_be_tiles_from_a_first_pair_to_a_last() -> None:
    tiles = [[336 * wide, 336 * high] for wide in (1, 2, 3) for high in (1, 2, 3)]
    said = {**CONFIG, "image_grid_pinpoints": "(1x1),...,(3x3)"}
    assert tokens(said, (1000, 640)) == tokens({**CONFIG, "image_grid_pinpoints": tiles}, (1000, 640))


@pytest.mark.parametrize(
    "said", ["", "(1x1),...,(900x900)", [], [[336]], [[336, "a"]], [[0, 336]], 7, None, [[2**30, 1]]]
)
def test_sizes_that_can_be_none_are_refused(said: object) -> None:
    coverage = la.load({**CONFIG, "image_grid_pinpoints": said}).coverage
    assert "image_grid_pinpoints" in {gap.name for gap in coverage.gaps}


def test_several_pictures_are_one_tile_each() -> None:
    assert tokens(CONFIG, (400, 600), (100, 900)) == [576, 576]


def test_pictures_whose_padding_stays_are_refused_when_they_are_asked_for() -> None:
    model = la.load({**CONFIG, "mm_patch_merge_type": "flat"})
    with pytest.raises(la.ScheduleError, match="padding stays"):
        model.build(checkpoint(seq_len=2**16, images=((400, 600),)))


def test_norms_stand_between_the_projections_where_the_type_says_so() -> None:
    plain, normed = (
        la.load({**CONFIG, "mm_projector_type": kind}).build(checkpoint()).parameters
        for kind in ("mlp2x_gelu", "mlp2x_gelu_Norm")
    )
    assert normed - plain == 2 * 2 * 64


@pytest.mark.parametrize("kind", ["cabstract", "mlp2x_relu", "mlp0x_gelu"])
def test_a_projector_of_another_kind_is_a_gap(kind: str) -> None:
    assert "projector" in {gap.name for gap in la.load({**CONFIG, "mm_projector_type": kind}).coverage.gaps}


@pytest.mark.parametrize(
    ("architecture", "dialect"), [("LlavaQwenForCausalLM", "llava_qwen"), ("LlavaMistralForCausalLM", "llava_mistral")]
)
def test_the_language_model_is_that_of_the_class(architecture: str, dialect: str) -> None:
    model = la.load({**CONFIG, "architectures": [architecture]})
    assert model.reading.dialect == dialect
