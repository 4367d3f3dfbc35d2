"""Pictures and videos become as many tokens as the processors of transformers make of them, by any settings."""

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
VIDEOS = facts("media_videos")["types"]
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
            untold = name in conventions.MEDIA_TEXT and name in conventions.UNTOLD_TOKENS
            refused = (name, case["settings"].get("image")) in conventions.REFUSED_SETTINGS
            own = case["settings"].get("own", {}) == found["cases"][0]["settings"].get("own", {})
            if own and not refused and not untold:
                yield pytest.param(name, run, case, id=f"{name}-{index}")


@pytest.mark.parametrize(("name", "run", "case"), list(asked()))
def test_pictures_become_as_many_tokens_as_the_processor_makes(name: str, run: Any, case: dict[str, Any]) -> None:
    settings = {**case["settings"].get("image", {}), **case["settings"].get("asked", {})}
    model = la.load(run.config, preprocessor=settings)
    for height, width, *seen, tokens, text in (item for item in case.get("items", ()) if len(item) > 3):
        del seen
        if tokens is None:  # the processor takes no text that says
            continue
        media = model.build(checkpoint(seq_len=2**20, images=((height, width),))).media
        if not tokens:
            assert not media
            continue
        (item,) = media
        if name not in conventions.UNTOLD_TOKENS:
            assert (item.tokens or (item.attended and 1)) == tokens, (height, width)
        if name not in conventions.MEDIA_TEXT:
            assert item.length == text, (height, width)


def filmed() -> Iterator[Any]:
    """Yield each type that has a rule of videos with each video that its processor was asked."""
    for name, run in MODELS.items():
        found = VIDEOS.get(name, {})
        found = VIDEOS.get(found.get("same_as", name), {})
        if found and any(stack.media is not None and "video" in stack.media.takes for stack in run.model.spec.towers):
            for frames, height, width, *seen in found["items"]:
                video = frames, height, width
                yield pytest.param(run, video, seen[-1] if len(seen) == 1 else seen[-2], id=f"{name}-{video}")


@pytest.mark.parametrize(("run", "video", "tokens"), list(filmed()))
def test_videos_become_as_many_tokens_as_the_processor_makes(run: Any, video: Any, tokens: int | str) -> None:
    schedule = checkpoint(seq_len=2**20, videos=(video,))
    if isinstance(tokens, str):
        with pytest.raises(la.ScheduleError):
            run.model.build(schedule)
        return
    (item,) = run.model.build(schedule).media
    assert item.tokens == tokens


@pytest.mark.parametrize(("name", "settings"), conventions.REFUSED_SETTINGS)
def test_settings_with_which_a_processor_contradicts_its_encoder_are_refused(
    name: str, settings: dict[str, Any]
) -> None:
    model = la.load(MODELS[name].config, preprocessor=settings)
    with pytest.raises(la.ScheduleError, match="crop_to_patches"):
        model.build(checkpoint(images=((900, 1300),)))


SOUNDS = facts("media_sounds")["types"]
HEARD = {
    name.split("-[")[0]: run
    for name, run in tower_runs()
    if name.split("-[")[0] in SOUNDS
    and not name.endswith("varied")
    and run.is_modelled
    and run.fields.get("audio_seconds")
}


@pytest.mark.parametrize("name", sorted(HEARD))
def test_sounds_of_any_length_become_as_many_tokens_as_the_processor_makes(name: str) -> None:
    model = HEARD[name].model
    longest = conventions.ENCODED_IN_CHUNKS.get(name, float("inf"))
    for seconds, _, became in SOUNDS[name]["lengths"]:
        if seconds >= longest:
            with pytest.raises(la.ScheduleError, match="chunks"):
                model.build(checkpoint(seq_len=2**20, audio_seconds=(seconds,)))
        elif became is not None and (name, [seconds]) not in conventions.CUT_OFF:
            media = model.build(checkpoint(seq_len=2**20, audio_seconds=(seconds,))).media
            assert sum(item.tokens for item in media) == became[0], seconds
