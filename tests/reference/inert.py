"""Keys that the product takes for costless, proven by changing them: what of a real tiny model is another then.

Each such key that a class declares, of every type or of its own, is changed by itself, without memory; then all of them
at once, and the model runs. The others of these keys are added, for a class may look at what it does not declare: all
at once, and where that makes a difference, by halves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.keys.costless import COSTLESS
from llmsim_adapters.dialects.keys.neutral import NEUTRAL
from llmsim_adapters.dialects.reading.find import built_in

from . import cases, fields, measure, store
from .values import RANDOM_RUN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

Facts = dict[str, Any]

RAN: Final = ("flops", "cache")
"""What two runs are compared by."""

SAID: Final = {
    "auto_map": {},
    "cache_implementation": "dynamic",
    "rope_parameters": {"rope_type": "default", "rope_theta": 5000.0},
    "rope_scaling": {"rope_type": "linear", "factor": 2.0},
    "rope_theta": 5000.0,
    "clip_qkv": 8.0,
    "sampling_rate": 24000,
    "logits_scaling": 2.0,
}
"""What is added of a key that `true` is no value of."""

NO_KEY: Final = frozenset({"use_return_dict"})
"""What transformers' configs compute, and take from no file."""

NOT_RUN: Final = (
    *("is_decoder", "is_encoder_decoder", "output_attentions", "output_hidden_states", "return_dict", "use_cache"),
)
"""Keys that say what a forward returns or keeps, by which runs could not be compared: only parameters are."""


def write(types: Iterable[str], folder: Path) -> None:
    """Change the keys of each type's tiny model."""
    rows = {}
    for model_type in types:
        try:
            rows[model_type] = changed(model_type)
        except Exception as error:  # of a type whose tiny model does not run
            rows[model_type] = {"refused": measure.say(error)}
    store.write("inert", {}, "types", rows, folder)


def changed(model_type: str) -> Facts:
    """The values that changed nothing, and the keys that did."""
    tiny = fields.nested(cases.tiny(model_type))
    raw = {"model_type": model_type, "architectures": [measure.architecture(model_type)], **tiny}
    written = measure.serialise(measure.configure(raw), diff=False)
    before = measure.totals(measure.build(raw, "meta"))
    same: Facts = {}
    differing: Facts = {}
    refused: Facts = {}
    dialect = built_in(model_type)
    costless = COSTLESS.keys() | ({} if dialect is None else dialect.costless).keys()
    for key in sorted(costless & written.keys()):
        value = other(written[key])
        if value is None:
            continue
        try:
            after = measure.totals(measure.build({**raw, key: value}, "meta"))
        except Exception as error:
            refused[key] = measure.say(error)
            continue
        (same if after == before else differing)[key] = value
    apart = {key: value for key, value in same.items() if key not in NOT_RUN}
    facts: Facts = {"same": same, "differing": differing, "refused": refused}
    usual = ran(raw)
    for key in among(raw, apart, ran, usual)[1]:  # a forward refuses it
        refused[key] = f"no run with {same.pop(key)}"
        del apart[key]
    with_all = ran({**raw, **apart})
    facts["run_differs"] = [name for name in RAN if usual[name] != with_all[name]]
    absent = {key: SAID.get(key, True) for key in sorted(costless - written.keys() - NO_KEY) if "." not in key}
    absent |= {key: value for key, (value, _) in NEUTRAL.items() if key not in written}
    differing_added, refused_added = among(raw, absent, weighed, before)
    facts["added"] = sorted(absent.keys() - {*differing_added, *refused_added})
    facts["added_differing"], facts["added_refused"] = differing_added, refused_added
    return facts


def ran(raw: Facts) -> Facts:
    """What a prefill of a tiny model runs and caches."""
    run = measure.run(measure.build(raw), *RANDOM_RUN, twice=False)
    return {name: run.get(name) for name in RAN}


def weighed(raw: Facts) -> Facts:
    """The totals of a model without memory."""
    return measure.totals(measure.build(raw, "meta"))


def among(raw: Facts, added: Facts, of: Callable[[Facts], Facts], before: Facts) -> tuple[list[str], list[str]]:
    """Those of some keys with which a model is another, and those with which there is none."""
    try:
        same, made = of({**raw, **added}) == before, True
    except Exception:
        same, made = False, False
    if same or not added:
        return [], []
    if len(added) == 1:
        return (sorted(added), []) if made else ([], sorted(added))
    items = list(added.items())
    half = len(items) // 2
    (one, none), (another, neither) = (among(raw, dict(each), of, before) for each in (items[:half], items[half:]))
    return one + another, none + neither


def other(value: Any) -> Any:
    """Another value of the same kind, or None where none comes to mind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value / 2 if value else 0.125
    return None
