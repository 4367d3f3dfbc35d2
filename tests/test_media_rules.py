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
