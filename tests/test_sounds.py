"""What encoders of sound see of each other's frames, and which sounds they can't take."""

from __future__ import annotations

from typing import Any

import pytest

import llmsim_adapters as la
from tests.facts import checkpoint, facts, with_value

CONFIGS = {name: fact["config"] for name, fact in facts("sglang/media")["types"].items()}
DASHENG, OMNI = CONFIGS["midashenglm"], CONFIGS["minicpmo"]


def scores(config: dict[str, Any], seconds: float) -> list[la.Operator]:
    """The scores of the encoder's layers for one sound."""
    graph = la.load(config).build(checkpoint(seq_len=4096, audio_seconds=(seconds,)))
    return [op for op in graph.operators if op.stack == "audio" and op.name.endswith("scores")]


@pytest.mark.parametrize("seconds", [1.0, 12.34, 30.0])
@pytest.mark.parametrize("chunk", [1.0, 0.5, 2.5, -1])
def test_hidden_states_see_those_of_their_own_second_and_before(chunk: float, seconds: float) -> None:
    length, block = round(seconds * 50), int(chunk * 50)
    seen = sum(min((i // block + 1) * block, length) for i in range(length)) if block > 0 else length * length
    (found,) = scores(with_value(OMNI, "audio_chunk_length", chunk), seconds)
    assert (found.m, found.n) == (length, length)
    assert found.flops_executed * length * length == found.flops * seen


def test_blocks_cost_what_is_multiplied_all_the_same() -> None:
    (chunked,), (whole,) = (scores(with_value(OMNI, "audio_chunk_length", chunk), 12.34) for chunk in (1.0, -1))
    assert chunked.flops == whole.flops == whole.flops_executed > chunked.flops_executed


@pytest.mark.parametrize(("config", "seconds"), [(DASHENG, 0.18), (OMNI, 0.02)])
def test_a_sound_that_becomes_no_token_is_refused(config: dict[str, Any], seconds: float) -> None:
    with pytest.raises(la.ScheduleError, match="so short becomes no token"):
        la.load(config).build(checkpoint(audio_seconds=(seconds,)))
    assert la.load(config).build(checkpoint(audio_seconds=(seconds + 0.04,))).media[0].tokens == 1


def test_a_sound_that_has_no_positions_is_refused() -> None:
    config = with_value(OMNI, "audio_config.max_source_positions", 500)
    with pytest.raises(la.ScheduleError, match="more than 10 s has no positions"):
        la.load(config).build(checkpoint(audio_seconds=(10.1,)))
    assert la.load(config).build(checkpoint(audio_seconds=(10.0,))).media[0].tokens == 250


@pytest.mark.parametrize(("key", "value"), [("patch_stride", [64, 2]), ("patch_stride", [32, 4])])
def test_patches_that_the_class_cannot_run_are_a_gap(key: str, value: list[int]) -> None:
    model = la.load(with_value(DASHENG, f"audio_encoder_config.{key}", value))
    assert [gap.name for gap in model.coverage.gaps if gap.kind == "unsupported_feature"] == ["audio_tower"]
