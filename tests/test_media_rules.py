"""The rules of tokens are the processors' own: each picture and each sound that they were asked becomes as many.

The rules are restated in `tests/media_rules/`; what the processors did is in `facts/media_tokens.json` and
`facts/media_sounds.json`.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.facts import facts
from tests.media_rules import BY_PROCESSOR, OF_SOUNDS, cases

PICTURES = facts("media_tokens")["types"]
SOUNDS = facts("media_sounds")["types"]
VIDEOS = facts("media_videos")["types"]

WITHOUT = {
    "AriaProcessor": "a fixed number by the size, and crops in another order than asked",
    "Florence2Processor": "no text here",
    "Kosmos2Processor": "no text here",
    "Kosmos2_5Processor": "no text here",
    "FuyuProcessor": "rows of patches with a break each, counted in the text",
    "PPChart2TableProcessor": "a prompt of its own",
}
"""Processors without a rule here, and why."""


def taken(items: list[list[Any]]) -> list[list[Any]]:
    """Return the items that the processor took; of others it says why not."""
    return [item for item in items if len(item) > 3]


@pytest.mark.parametrize("name", [name for name, found in PICTURES.items() if "same_as" not in found])
def test_pictures_become_as_many_tokens_as_the_rule_says(name: str) -> None:
    found = PICTURES[name]
    if found["processor"]["class"] in WITHOUT:
        return
    rule, kept = BY_PROCESSOR[found["processor"]["class"]]
    for settings, own, items in cases(found):
        for height, width, *_, tokens, _ in taken(items):
            assert rule(settings, kept | own, height, width) == tokens, (settings, own, height, width)


@pytest.mark.parametrize("name", OF_SOUNDS)
def test_sounds_become_as_many_tokens_as_the_rule_says(name: str) -> None:
    for seconds, *_, tokens in SOUNDS[name]["lengths"]:
        if isinstance(tokens, list):
            assert OF_SOUNDS[name](round(seconds * 16000)) == tokens[0], seconds


OF_GRIDS = {
    "Ernie4_5_VLMoeVideoProcessor": lambda t, rows, columns: t // 2 * rows * columns,
    "HYV4VLVideoProcessor": lambda t, rows, columns: t * rows * (columns + 1),
    "Kimi_K25VideoProcessor": lambda t, rows, columns: rows * columns,
}
"""How many tokens a chunk of merged patches becomes, where it isn't one a patch: frames in pairs, breaks, a mean."""


@pytest.mark.parametrize("name", [name for name, found in VIDEOS.items() if "video_grid_thw" in found.get("seen", ())])
def test_videos_become_as_many_tokens_as_their_merged_patches(name: str) -> None:
    found = VIDEOS[name]
    merge = found["settings"].get("video", {}).get("merge_size", found["defaults"]["merge_size"])
    rule = OF_GRIDS.get(found["processor"], lambda t, rows, columns: t * rows * columns)
    for item in (item for item in found["items"] if len(item) > 4):
        grids, tokens = item[3 + found["seen"].index("video_grid_thw")], item[-2]
        if isinstance(grids[0], list):  # of many chunks only their number is known
            assert sum(rule(t, rows // merge, columns // merge) for t, rows, columns in grids) == tokens


FRAMES = {
    "InternVLVideoProcessor": lambda frames: 256 * frames,
    "LlavaNextVideoVideoProcessor": lambda frames: 144 * frames,
    "LlavaOnevisionVideoProcessor": lambda frames: 196 * frames + 1,
    "PerceptionLMVideoProcessor": lambda frames: 256 * frames,
    "SmolVLMVideoProcessor": lambda frames: 169 * frames,
    "VideoLlavaVideoProcessor": lambda frames: 257 * frames,
    "Molmo2VideoProcessor": lambda frames: 81 * frames,
}
"""Tokens by the number of frames, at the tiny models' sizes: LLaVA's pools frames 2 x 2, OneVision's to 14 x 14."""


@pytest.mark.parametrize("name", [name for name, found in VIDEOS.items() if found.get("processor") in FRAMES])
def test_videos_of_fixed_frames_become_so_many_tokens_each(name: str) -> None:
    for frames, *_, tokens, _ in [item for item in VIDEOS[name]["items"] if len(item) > 4]:
        assert FRAMES[VIDEOS[name]["processor"]](frames) == tokens
