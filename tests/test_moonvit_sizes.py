"""Pictures that Kimi-VL's processor and LocateAnything's resize: so many patches in all, and sides below a bound."""

from __future__ import annotations

import math
from typing import Any, Final

import pytest

import llmsim_adapters as la
from tests.facts import checkpoint, facts

CONFIGS: Final[dict[str, Any]] = {
    name: facts("sglang/media")["types"][name]["config"] for name in ("kimi_vl", "locateanything")
}
SIDE: Final = 14


def resized(height: int, width: int, most: int) -> tuple[int, int]:
    """The rule of their `rescale`, by hand: down to at most so many patches, then up to whole pairs of them."""
    patches = (height // SIDE) * (width // SIDE)
    scale = math.sqrt(most / patches) if patches > most else 1
    high, wide = int(height * scale), int(width * scale)
    return math.ceil(high / (2 * SIDE)), math.ceil(wide / (2 * SIDE))


@pytest.mark.parametrize("name", sorted(CONFIGS))
@pytest.mark.parametrize("most", [4096, 25600, 100])
@pytest.mark.parametrize("size", [(56, 56), (300, 500), (1080, 1920), (3000, 2000), (7000, 30), (29, 15)])
def test_pictures_are_shrunk_to_so_many_patches(name: str, most: int, size: tuple[int, int]) -> None:
    model = la.load(CONFIGS[name], preprocessor={"in_token_limit": most, "pad_input": True})
    (item,) = model.build(checkpoint(seq_len=2**16, images=(size,))).media
    rows, columns = resized(*size, most)
    assert item.tokens == rows * columns


@pytest.mark.parametrize("name", sorted(CONFIGS))
def test_a_side_of_too_many_patches_is_refused(name: str) -> None:
    with pytest.raises(la.ScheduleError, match="fewer than 512 patches"):
        la.load(CONFIGS[name]).build(checkpoint(seq_len=2**16, images=((7200, 28),)))


def test_pictures_that_are_cut_to_whole_patches_are_refused() -> None:
    with pytest.raises(la.ScheduleError, match="pad_input"):
        la.load(CONFIGS["kimi_vl"], preprocessor={"pad_input": False}).build(checkpoint(images=((56, 56),)))
