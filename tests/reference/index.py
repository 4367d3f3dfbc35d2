"""What the facts hold, as the product's `verified` evidence asks for it.

    python -m tests.reference.index

writes `llmsim_adapters/dialects/keys/spelled.json`, the keys that each class takes, and
`llmsim_adapters/evaluation/verified.json`: the dialects, kinds of component and features that occur in some
case whose figures the suite compares. What no class of transformers has, as drafts, SGLang's own classes hold: their
config was read without any gap, and every layout has their bytes. A type of which vLLM's class has as many elements is
held, too, where its parts are. It needs the package, not torch.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import llmsim_adapters as la
from llmsim_adapters.dialects.keys.aliases import CANONICAL
from llmsim_adapters.dialects.keys.parts import is_tower
from llmsim_adapters.dialects.keys.spelled import PATTERNS
from llmsim_adapters.dialects.reading.tracker import LANGUAGE_MODELS
from llmsim_adapters.evaluation.seen import tower_name
from llmsim_adapters.registries.registry import load_registry
from llmsim_adapters.spec.features import Features
from llmsim_adapters.spec.media.media import NEVER, Media
from llmsim_adapters.spec.media.rows import rows_of
from llmsim_adapters.spec.media.videos import FrameByFrame, WithVideos
from tests.checkpoints import STORED, model_of
from tests.facts import CASES, HEAD_CASES, MTP_CASES, checkpoint, facts, is_known
from tests.media import heard_and_said, speaking, tower_runs, whole_totals
from tests.sglang import CONFIGS, model
from tests.sglang.served import share
from tests.vllm import held_by_vllm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.spec.model import ModelSpec, Stack

SAID: Final = {*CANONICAL, *LANGUAGE_MODELS, *PATTERNS}
"""The keys of which it matters which classes take them: those that are no type's own."""
SPELLED: Final = Path(la.__file__).parent / "dialects" / "keys" / "spelled.json"
INDEX: Final = Path(la.__file__).parent / "evaluation" / "verified.json"


class Held:
    """The dialects, kinds of component and features of models that facts hold."""

    def __init__(self) -> None:
        self.dialects, self.components, self.features = set[str](), set[str](), set[str]()
        self._known = Features()

    def add(self, spec: ModelSpec, dialects: set[str]) -> None:
        """Add a model that was read by these dialects."""
        self.dialects |= dialects
        self.components |= kinds(spec)
        self.features.update(self._known.of(spec))

    def parts_of(self, spec: ModelSpec) -> bool:
        """Whether all that a model is made of is held."""
        return kinds(spec) <= self.components and set(self._known.of(spec)) <= self.features


def kinds(spec: ModelSpec) -> set[str]:
    """Return the kinds of component that a model is made of."""
    return {component.kind for component in spec.components()}


def read_by(each: la.Model, spec: ModelSpec) -> set[str]:
    """Return the dialect that read a model, and that of the language model inside."""
    return {each.reading.dialect} | ({spec.model_type} if each.reading.path else set())


def index() -> dict[str, list[str]]:
    """Return the dialects, components and features of all models that the facts are about."""
    configs = [case["config"] for _, case in CASES + HEAD_CASES] + [case["config"] for case in MTP_CASES]
    configs += [fact["config"] for fact in facts("source_runs")["types"].values()]
    models = [la.load(config) for config in configs]
    models += [la.load(name, offline=True) for name in facts("checkpoints")["models"]]
    found, held = Features(), Held()
    for each in models:
        if each.spec is not None:
            held.add(each.spec, read_by(each, each.spec))
    for name in CONFIGS:
        spec = model(name).spec
        if spec is None or spec.quantization is not None or not is_known(model(name)):
            continue  # a rank may store what is quantized otherwise; what has gaps may have SGLang's tensors anyway
        read = read_by(model(name), spec)
        if not (read <= held.dialects and held.parts_of(spec)) and share([name]).held:
            held.add(spec, read)
    for fact in facts("encoder_decoders")["types"].values():
        whole = la.load(fact["config"])
        runs = all(heard_and_said(whole, run) == (fact["parameters"], run["flops"]) for run in fact["runs"])
        if whole.spec is not None and runs:
            held.add(whole.spec, {whole.reading.dialect, whole.spec.model_type})
    for fact in speaking().values():
        whole = la.load(fact["config"])
        same = whole.build(checkpoint()).parameters == fact["cases"][0][1]
        if same and whole.spec is not None and whole.spec.model_type in held.dialects:
            held.dialects.add(whole.reading.dialect)
            held.components |= kinds(whole.spec)
    for each in held_by_vllm():  # whose FLOPs follow from what the facts above hold of the same parts
        if each.spec is not None and held.parts_of(each.spec):
            held.dialects.add(each.reading.dialect)
    for entry in STORED:  # a byte total holds how weights are stored, and only that
        spec = model_of(entry).spec
        if spec is not None and spec.quantization is not None:
            stored = {f"{scheme.name}_weights" for scheme in spec.quantization.schemes}
            held.features.update(stored & set(found.of(spec)))
    more, parts, options = wholes(held.dialects)
    return {
        "dialects": sorted(held.dialects | more),
        "components": sorted(held.components | parts),
        "features": sorted(held.features | options),
        "towers": sorted(towers()),
    }


def wholes(known: set[str]) -> tuple[set[str], set[str], set[str]]:
    """Return the types of whole models with as many parameters as the real ones, and what their encoders are made of.

    The language model of each is `known`. Features are those of encoders alone whose runs hold as well.
    """
    totals, found = whole_totals(), Features()
    held, parts, options = set[str](), set[str](), set[str]()
    for name, run in tower_runs():
        model, total = run.model, totals.get(name.split("-[")[0])
        if total is None or model.spec is None or not run.is_modelled or model.spec.model_type not in known:
            continue
        made_of = kinds(model.spec)
        of_encoders = set(found.of(model.spec)) - set(found.of(model.spec.language_model()))
        if model.reading.dialect in known | held and made_of <= parts and of_encoders <= options:
            continue
        if model.build(checkpoint()).parameters == total:
            held.add(model.reading.dialect)
            parts |= made_of
            options |= of_encoders if run.holds else set()
    return held, parts, options


def towers() -> set[str]:
    """Return the towers whose every run has the FLOPs that torch counts, and as many tokens."""
    held: dict[str, bool] = {}
    for _, run in tower_runs():
        spec = run.model.spec
        if spec is not None and run.is_modelled:
            holds = run.holds
            for tower in spec.towers:
                if tower.media is None:
                    continue
                name = tower_name(spec.whole_type or spec.model_type, tower)
                held[name] = held.get(name, True) and holds
    names = {name for name, is_held in held.items() if is_held} | streaming()
    return names | _made_alike(names)


def streaming() -> set[str]:
    """Return the towers that run with each token, of models of which every step has the FLOPs that torch counts."""
    held: dict[str, bool] = {}
    for _, case in CASES:
        if "audio_config" not in case["config"] or not case.get("runs"):
            continue
        each = la.load(case["config"])
        for tower in () if each.spec is None else each.spec.towers:
            if tower.streams_rows:
                name = tower_name(each.spec.whole_type or each.spec.model_type, tower)
                holds = all(flops == counted for run in case["runs"] for flops, counted in _steps(each, run))
                held[name] = held.get(name, True) and holds
    return {name for name, is_held in held.items() if is_held}


def _steps(each: la.Model, run: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """Yield the FLOPs of a prefill, and of one more token where it was run, and what torch counts of them."""
    sizes = [({"seq_len": run["seq_len"]}, run["flops"])]
    if step := run.get("decode_step"):
        sizes.append(({"seq_len": 1, "context_len": step["context_len"]}, step["flops"]))
    for size, counted in sizes:
        yield each.build(checkpoint(logits="all", batch_size=run["batch"], **size)).flops, counted


def _made_alike(held: set[str]) -> set[str]:
    """Return the towers of other types that are made of the same parts by the same rule as one that is held.

    What an encoder runs follows from its parts and their sizes; classes of which there is no run have both.
    """
    known, others = set(), {}
    models = [run.model for _, run in tower_runs()] + [model(name) for name in CONFIGS]
    models += [la.load(fact["config"]) for fact in speaking().values()]
    for row in load_registry("sglang").models:  # SGLang's classes of some of which no config can be built
        config = row.config and row.config.config(row.name)
        models += [la.load(dict(config.data))] if config else []
    for each in models:
        spec = each.spec
        for tower in () if spec is None else spec.towers:
            if tower.media is None:
                continue
            name = tower_name(spec.whole_type or spec.model_type, tower)
            if name in held:
                known.add(skeleton(without_idle_parts(tower)))
                if isinstance(tower.media, WithVideos):  # its runs of pictures hold one that sees no videos
                    known.add(skeleton(without_idle_parts(replace(tower, media=tower.media.pictures))))
            else:
                others[name] = skeleton(without_idle_parts(tower))
    return {name for name, parts in others.items() if parts in known}


def without_idle_parts(tower: Stack) -> Stack:
    """Return an encoder without the parts around its blocks that nothing runs, each of the others with its rows."""
    kept = {
        before: [part for part in zip(parts, rows_of(tower, before), strict=True) if part[1] != NEVER]
        for before, parts in ((True, tower.before), (False, tower.after))
    }
    return replace(
        tower,
        before=tuple(part for part, _ in kept[True]),
        before_rows=tuple(rows for _, rows in kept[True]),
        after=tuple(part for part, _ in kept[False]),
        after_rows=tuple(rows for _, rows in kept[False]),
    )


def skeleton(node: Any) -> Any:
    """Return what a part of a spec is made of, without its sizes and names."""
    if isinstance(node, tuple):
        return tuple(map(skeleton, node))
    if isinstance(node, WithVideos):
        frames = node.videos.frame if isinstance(node.videos, FrameByFrame) else None
        pictures, videos = type(node.pictures), type(node.videos)
        return pictures.__name__ if type(frames) is pictures else (pictures.__name__, videos.__name__)
    if isinstance(node, Media):
        return type(node).__name__
    if is_dataclass(node):
        values = ((field.name, getattr(node, field.name)) for field in fields(node))
        return type(node).__name__, tuple((name, skeleton(value)) for name, value in values if name not in _NAMES)
    return "size" if isinstance(node, int) and not isinstance(node, bool) else node


_NAMES: Final = ("name", "order", "counted_by", "model_type", "weights_of", "cache_of", "activation")


def spelled() -> dict[str, str]:
    """Return the keys that each type's class takes, as one text."""
    return {
        name: " ".join(sorted(key for key in keys if key in SAID or is_tower(key, {})))
        for name, keys in facts("spelled")["types"].items()
    }


if __name__ == "__main__":
    SPELLED.write_text(json.dumps(spelled(), indent=0) + "\n", encoding="utf-8")
    INDEX.write_text(json.dumps(index(), indent=2) + "\n", encoding="utf-8")
