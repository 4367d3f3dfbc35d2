"""Published configs and defaults, changed by chance: hundreds of them, or as many as `FUZZ` in the environment says."""

from __future__ import annotations

import json
import os
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import llmsim_adapters as la
from tests.fuzz.configs import HOSTILE, bases, changed, keys
from tests.fuzz.properties import answered

EXAMPLES: Final = int(os.environ.get("FUZZ") or 0)
BASES: Final = bases()

NUMBERS: Final = st.integers(-(2**70), 2**70) | st.integers(-2, 300) | st.floats()
VALUES: Final = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=8) | st.sampled_from(HOSTILE),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """Return a config of which some keys are gone, new, or of another value."""
    config = BASES[draw(st.sampled_from(sorted(BASES)))]
    paths = keys(config)
    for path in draw(st.lists(st.sampled_from(paths), max_size=4, unique=True)):
        config = changed(config, path, draw(VALUES))
    for key in draw(st.lists(st.sampled_from(sorted(config)), max_size=2, unique=True)):
        config = {name: value for name, value in config.items() if name != key}
    return {**config, **draw(st.dictionaries(st.text(max_size=12), VALUES, max_size=1))}


@st.composite
def crossed(draw: st.DrawFn) -> dict[str, Any]:
    """Return a config of which some keys are another's."""
    one, other = (BASES[draw(st.sampled_from(sorted(BASES)))] for _ in range(2))
    taken = draw(st.lists(st.sampled_from(sorted(other)), max_size=8, unique=True))
    return {**one, **{key: other[key] for key in taken}}


often = settings(
    max_examples=EXAMPLES or 250,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    derandomize=not EXAMPLES,
)


@often
@given(mutated() | crossed())
def test_every_config_is_answered_soundly_twice_alike_and_left_as_it_was(config: dict[str, Any]) -> None:
    before = repr(config)
    assert repr(answered(config)) == repr(answered(config))
    assert repr(config) == before


@often
@given(mutated())
def test_an_answer_is_strict_json(config: dict[str, Any]) -> None:
    json.dumps(la.evaluate(config).to_dict(), allow_nan=False)
