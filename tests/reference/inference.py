"""How good the inferring dialect is: every declared type read as if nobody had declared it.

    python -m tests.reference.inference

writes `docs/inference.md`: for each type's real configs, how often the total of parameters comes out exact, within one
percent, wrong, or refused, when only the keys are read, and whether a wrong one says what it rests on; then the same
of the bundled published configs. It needs the package and the facts, not torch.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.dialects.read import read
from llmsim_adapters.dialects.relatives import accepts, relatives
from llmsim_adapters.gap import GapKind
from llmsim_adapters.graph.schedule import Schedule
from llmsim_adapters.lowerings.wiring import wire
from tests.facts import CASES, REPORT
from tests.reference.headers import section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from llmsim_adapters.graph.graph import OperatorGraph

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "inference.md"
OUTCOMES: Final = ("exact", "within 1 %", "wrong", "refused")

GAPS: Final[dict[str, tuple[str, ...]]] = {
    "mixers": ("attention", "attention_bias", "num_key_value_heads", "head_dim", "mixer", "layer_types", "indexer"),
    "networks": ("mlp", "mlp_bias", "intermediate_size", "experts", "mlp_layer_types"),
    "experts": (
        "router",
        "experts",
        "mlp_layer_types",
        "moe_intermediate_size",
        "shared_experts",
        "shared_expert_gate",
    ),
    "norms": ("norm", "layout", "qk_norm", "embedding_norm"),
    "positions": ("positions",),
    "embeddings": ("embedding", "tie_word_embeddings"),
    "head": ("head", "head_bias", "tie_word_embeddings", "projection"),
    "other parts": ("layout",),
}
"""The parts of a model, and the names of the assumptions about each."""

_PARTS: Final = (
    (r"_residual|hyper_", "other parts"),
    (r"norm", "norms"),
    (r"^mlp", "networks"),
    (r"^mixture_of_experts", "experts"),
    (r"attention|mamba|^gated|^short_convolution|^rwkv|^matrix_lstm", "mixers"),
    (r"^position_embedding", "positions"),
    (r"^embedding", "embeddings"),
    (r"^head|^projection", "head"),
)

NEWER: Final = """## Types that came later

transformers 5.24.0 has seven language models that 5.23.0, with which the rules were written, does not. Before they were
declared, their tiny models were read, by keys alone and as a type that is declared.

| type | by keys alone | as another type |
| --- | --- | --- |
| apertus1p5_text | −0.05 % | |
| dory | −13.59 % | |
| hy_v4_vl_text | +2.31 % to −10.88 % | exact, as hy_v4 |
| inkling2_loop_text | −27.92 % | |
| lara_mini | +3.55 % | |
| sarvam_mla | exact | exact, as deepseek_v3 |
| sarvam_moe | exact | exact, as glm4_moe |

By keys alone, two of seven are exact and one is within one percent; with names and classes, three are exact. That is
less than of the types that the rules were written with. lara_mini was taken to have Qwen3-Next's gates on attention and
shared experts, whose keys its are; there is no rule for loops of layers, messages between them or learned scales of
single channels. EXAONE, which has a class since 5.24.0, was declared before, and so is inkling2_loop_text now.
"""
"""Recorded once: what is declared can't be measured as new again."""

_LANGUAGE: Final = ("model", "text", "mtp")
"""The stacks of a language model, and what stands around them."""

_HEAD: Final = """# Types that nobody declared

A config of a type without a dialect is read by its keys alone. Each assumption that no key confirms is an `inferred`
gap, and such a model is never better than partially supported. This page measures how good that is; `python -m
tests.reference.inference` writes it.

The rules know no model type and no dialect of a type (a test sees to it), so that hiding a type's dialect hides it from
them too. They were written with these types in view, though: for types that are yet to come, expect less than what
stands here. How it went with those of a release that came after the rules stands at the end.

Before that, a type may be read as another that is declared: where the architecture is that one's class or the name
extends that one's, and that one's dialect reads every key. No size is taken from its defaults. Hiding a type leaves
this out.

A figure that is wrong has to say why. Wherever a part of the model (mixers, networks, experts, norms, positions,
embeddings, head, others) is off by more than one percent of the total, an `inferred` gap has to be about that part. The
last column names the parts of which that is not so. Of models with towers, the language model is compared; that the
towers are left out is a gap of its own.

"""


class Outcome(NamedTuple):
    """How near the total comes when a config is read by its keys alone, and which parts are off without a gap."""

    name: str
    figure: int
    total: int
    silent: tuple[str, ...] = ()


def outcome(config: Mapping[str, Any], expected: int | None = None) -> Outcome:
    """Read a config by its keys alone and compare the total with the expected one, by default the dialect's.

    Of a model with towers it is the language model's part: that the towers are left out is a gap of its own.
    """
    declared = read(config).spec
    assert declared is not None
    real = wire(declared, Schedule(engine="checkpoint"))
    total = real.parameters if expected is None else expected
    total -= sum(weight.elements for weight in real.weights if weight.trainable and weight.stack not in _LANGUAGE)
    reading = read(config, by_keys_alone=True)
    if reading.spec is None:
        return Outcome("refused", 0, total)
    graph = wire(reading.spec, Schedule(engine="checkpoint"))
    off = abs(graph.parameters - total)
    if off * 100 <= total:
        return Outcome("within 1 %" if off else "exact", graph.parameters, total)
    assumed = {gap.name for gap in reading.gaps if gap.kind is GapKind.INFERRED}
    if len(reading.spec.stacks[0].order) == len(declared.stacks[0].order):
        assumed.discard("layers")
    return Outcome("wrong", graph.parameters, total, tuple(silent(_sizes(graph), _sizes(real), total, assumed)))


def silent(inferred: Mapping[str, int], real: Mapping[str, int], total: int, assumed: set[str]) -> Iterator[str]:
    """Yield each part that is off by more than a percent of the total and that no assumption is about."""
    for part, names in GAPS.items():
        if abs(inferred.get(part, 0) - real.get(part, 0)) * 100 > total and assumed.isdisjoint((*names, "layers")):
            yield part


def _sizes(graph: OperatorGraph) -> Counter[str]:
    """Return the parameters of each part of the language model."""
    sizes: Counter[str] = Counter()
    for weight in graph.weights:
        if weight.trainable and weight.stack in ("model", "text"):
            found = (part for pattern, part in _PARTS if re.search(pattern, weight.name.split(".")[0]))
            sizes[next(found, "other parts")] += weight.elements
    return sizes


def by_name(model_type: str, config: Mapping[str, Any], total: int) -> Outcome | None:
    """Read a config as the declared type that its type's name extends; None where that one doesn't read every key."""
    relative = next(relatives(model_type, ""), None)
    if relative is None or relative.dialect.model_type == model_type:
        return None
    reading = read({**config, "model_type": relative.dialect.model_type})
    if reading.spec is None or not accepts(reading):
        return None
    figure = wire(reading.spec, Schedule(engine="checkpoint")).parameters
    off = abs(figure - total)
    return Outcome("wrong" if off * 100 > total else "within 1 %" if off else "exact", figure, total)


@cache
def extended() -> dict[str, tuple[tuple[Outcome, Outcome], ...]]:
    """Return, of the types whose names extend another's that reads all their keys, both outcomes of each case."""
    found: dict[str, list[tuple[Outcome, Outcome]]] = {}
    for model_type, case in CASES:
        if case["form"] in ("diff", "full") and "text_config" not in case["config"]:
            alone = outcome(case["config"], case["parameters"])
            as_other = by_name(model_type, case["config"], alone.total)
            if as_other is not None:
                found.setdefault(model_type, []).append((alone, as_other))
    return {model_type: tuple(those) for model_type, those in sorted(found.items())}


@cache
def outcomes() -> dict[str, tuple[Outcome, ...]]:
    """Return the outcomes of each type's cases; cases that leave sizes to class defaults can only be refused."""
    found: dict[str, list[Outcome]] = {}
    for model_type, case in CASES:
        if case["form"] in ("diff", "full"):
            found.setdefault(model_type, []).append(outcome(case["config"], case["parameters"]))
    return {model_type: tuple(those) for model_type, those in sorted(found.items())}


def worst(those: tuple[Outcome, ...]) -> str:
    """Return the worst of a type's outcomes."""
    return max((one.name for one in those), key=OUTCOMES.index)


def published() -> dict[str, Outcome]:
    """Return for each bundled config what the keys alone give, beside what its type's dialect gives."""
    paths = sorted(ROOT / "hf_config" / f"{name.replace('/', '--')}.json" for name in REPORT)
    return {path.stem.replace("--", "/"): outcome(json.loads(path.read_text(encoding="utf-8"))) for path in paths}


def page() -> str:
    """Return the page in Markdown."""
    table = outcomes()
    counts = Counter(worst(those) for those in table.values())
    lines = [
        "## Each type, hidden in turn",
        "",
        "The tiny and random models of the reference facts, each with the total that transformers counts. Of",
        f"{len(table)} types, "
        + ", ".join(f"{counts[name]} are {name}" for name in OUTCOMES)
        + ", by the worst of their configurations.",
        "",
        "| type | " + " | ".join(OUTCOMES) + " | wrong without a gap |",
        "| --- " * (len(OUTCOMES) + 2) + "|",
    ]
    for model_type, those in table.items():
        each = Counter(one.name for one in those)
        silent = ", ".join(sorted({part for one in those for part in one.silent}))
        lines.append(f"| {model_type} | " + " | ".join(str(each[name] or "") for name in OUTCOMES) + f" | {silent} |")
    lines += ["", *section()]
    pairs = extended()
    lines += [
        "## Read as the type that the name extends",
        "",
        f"Of the declared types, {len(pairs)} have a name that extends that of another which reads all of their keys.",
        "",
        "| type | by keys alone | as the other |",
        "| --- | --- | --- |",
    ]
    for model_type, both in pairs.items():
        alone, as_other = (worst(those) for those in zip(*both, strict=True))
        lines.append(f"| {model_type} | {alone} | {as_other} |")
    lines += [
        "",
        "## Published models, their types hidden",
        "",
        "The configs of the first coverage report. What the keys alone give is compared with what the type's own",
        "dialect gives.",
        "",
        "| model | parameters | by keys alone | difference |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, (how, figure, total, _) in published().items():
        off = figure - total
        shown = how if how in ("exact", "refused") else f"{off:+,} ({100 * off / total:+.2f} %)"
        lines.append(f"| {name} | {total:,} | {figure:,} | {shown} |")
    return _HEAD + "\n".join(lines) + "\n\n" + NEWER


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
