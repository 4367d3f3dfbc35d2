"""Pictures become as many patches and tokens as the processors of transformers make of them, by any settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import llmsim_adapters as la
from tests import conventions
from tests.facts import checkpoint, facts
from tests.media import tower_runs

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKENS = facts("media_tokens")["types"]
MODELS = {
    name.split("-[")[0]: run
    for name, run in tower_runs()
    if not name.endswith("varied") and run.is_modelled and run.fields["images"]
}


def asked() -> Iterator[Any]:
    """Yield each type and settings of its processor with the pictures that it was asked."""
    for name, run in MODELS.items():
        found = TOKENS.get(name, {})
        found = TOKENS.get(found.get("same_as", name), {})
        for index, case in enumerate(found.get("cases", ())):
            if case["settings"].get("own", {}) == found["cases"][0]["settings"].get("own", {}):
                yield pytest.param(name, run, case, id=f"{name}-{index}")


@pytest.mark.parametrize(("name", "run", "case"), list(asked()))
def test_pictures_become_as_many_tokens_as_the_processor_makes(name: str, run: Any, case: dict[str, Any]) -> None:
    settings = {**case["settings"].get("image", {}), **case["settings"].get("asked", {})}
    model = la.load(run.config, preprocessor=settings)
    for height, width, *seen, tokens, text in (item for item in case.get("items", ()) if len(item) > 3):
        del seen
        media = model.build(checkpoint(seq_len=2**20, images=((height, width),))).media
        if not tokens:
            assert not media
            continue
        (item,) = media
        assert (item.tokens or (item.attended and 1)) == tokens, (height, width)
        if name not in conventions.MEDIA_TEXT:
            assert item.length == text, (height, width)


SOUNDS = facts("media_sounds")["types"]
HEARD = {
    name.split("-[")[0]: run
    for name, run in tower_runs()
    if not name.endswith("varied") and run.is_modelled and run.fields.get("audio_seconds")
}


@pytest.mark.parametrize("name", sorted(HEARD))
def test_sounds_of_any_length_become_as_many_tokens_as_the_processor_makes(name: str) -> None:
    model = HEARD[name].model
    for seconds, _, became in SOUNDS[name]["lengths"]:
        if became is not None and (name, [seconds]) not in conventions.CUT_OFF:
            media = model.build(checkpoint(seq_len=2**20, audio_seconds=(seconds,))).media
            assert sum(item.tokens for item in media) == became[0], seconds
