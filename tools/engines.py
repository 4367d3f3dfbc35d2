"""Write what `docs/engines.md` says of the engine `sglang`: its rules, and how near it comes to SGLang's own classes.

    python tools/engines.py

The rules are `ENGINE.rules`; the comparison is that of the test suite, `tests/sglang/`.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from llmsim_adapters.engines.rules import Rule
    from tests.sglang.served import Share

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = ROOT / "docs" / "engines.md"
sys.path.insert(0, str(ROOT))

_KINDS: Final = {
    "Format": "format",
    "Split": "who has a part",
    "Store": "how it is stored",
    "Scales": "scales",
    "Beside": "stored beside",
    "Keep": "caches",
    "Refuse": "refused",
    "Note": "noted",
}
_NAMED: Final = 3
"""So many architectures are named one by one."""
_SMALL: Final = 0.1
"""A difference, in percent of a rank's bytes, below which it is not shown to the digit."""


def rules() -> str:
    """Return the table of SGLang's rules, in the order in which they are asked."""
    from llmsim_adapters.engines.built_in import built_in

    found = built_in("sglang").rules
    lines = [f"{len(found)} rules; of several about the same thing the first one that holds is taken.\n\n"]
    lines += ["| Rule | Says | Of | Source |\n", "| --- | --- | --- | --- |\n"]
    for rule in found:
        says = f"{_KINDS[type(rule).__name__]}: {_what(rule)}" if _what(rule) else _KINDS[type(rule).__name__]
        lines.append(f"| {_cell(rule.name)} | {_cell(says)} | {_cell(_about(rule))} | {_cell(rule.source)} |\n")
    return "".join(lines)


def _what(rule: Rule) -> str:
    from llmsim_adapters.engines.rules import Beside, Keep, Scales, Split, Store

    if isinstance(rule, Split):
        ranks = {
            "tokens": "of the ranks of a group",
            "all": "of all ranks",
            "all_apart": "of all ranks, each group's tokens apart",
            "alone": "whole on every rank",
            "handed_out": "whole on every rank, tokens handed out",
            "experts": "as a further routed expert",
        }
        return f"{rule.part.replace('_', ' ')} {ranks[rule.over]}"
    if isinstance(rule, Store):
        over = {
            "": "",
            "none": "whole",
            "width": "by the width of experts",
            "experts": "by experts",
            "tokens": "by the ranks of a group",
            "all": "by all ranks",
        }[rule.over]
        rows = "each part of the rows" if rule.each else "rows"
        padded = ((rows, rule.rows_to), ("columns", rule.columns_to), ("width", rule.width_to))
        how = (rule.dtype, *(f"{what} to {to}" for what, to in padded if to), "absent" if rule.absent else "", over)
        return f"{_some([f'`{name}`' for name in rule.tensors])}: {', '.join(filter(None, how)) or 'as the others'}"
    if isinstance(rule, Scales):
        of = {"": "", "linear": "linear layers", "experts": "experts", "shared_experts": "shared experts"}[rule.of]
        blocks = "whole blocks alone" if rule.whole_blocks else ""
        return ", ".join(filter(None, (_some([f"`{name}`" for name in rule.schemes]), of, rule.dtype, blocks)))
    if isinstance(rule, Beside):
        return f"`{rule.kind}`"
    if isinstance(rule, Keep):
        how = (
            rule.dtype,
            "a pool of their own" if rule.windowed else "",
            "without the newest token" if rule.less else "",
            "by the ranks of a group" if rule.over else "",
            f"pages of {rule.page} tokens" if rule.page else "",
            "set aside, and not used" if rule.idle else "",
            "room in every layer of one pool" if rule.layers else "",
            "none" if rule.absent else "",
        )
        return f"{_some([f'`{name}`' for name in rule.caches])}: {', '.join(filter(None, how))}"
    return ""


def _about(rule: Rule) -> str:
    """Return the architectures that a rule is about, and whether it is asked when it holds."""
    of = _some([f"`{name}`" for name in sorted(rule.architectures)]) if rule.architectures else "all"
    of += f" but {_some([f'`{name}`' for name in sorted(rule.but)])}" if rule.but else ""
    return of + (", by layout" if rule.when is not None else "")


def _some(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= _NAMED else f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"


def _cell(text: str) -> str:
    return text.replace("|", "/")


def share() -> str:
    """Return how the engine's answers compare, by category and by architecture, and what is known to differ."""
    from tests.sglang import CONFIGS, differences, model
    from tests.sglang.served import share as share_of
    from tests.sglang.served import shares

    by_category: dict[str, list[str]] = defaultdict(list)
    for name in CONFIGS:
        by_category[str(model(name).coverage.category or "not modelled")].append(name)
    every, by_architecture = share_of(CONFIGS), shares()
    published = share_of([name for name in CONFIGS if not name.startswith("made/")])
    head = "| configs | runs | exact | refused by SGLang | by both | by the engine alone | largest difference |\n"
    lines = [
        f"Of {every.built:,} runs that SGLang builds, {every.exact:,} are exact "
        f"({100 * every.exact / every.built:.1f} %);\nof {every.refused:,} that it refuses, the engine refuses "
        f"{every.refused_alike:,}.\n{sum(one.held for one in by_architecture.values())} of {len(by_architecture)} "
        "architectures are held in full.\n\n",
        f"Of {published.built:,} runs of published configs, which a model's name finds, {published.exact:,} are exact "
        f"({100 * published.exact / published.built:.1f} %), and {published.refused_alike:,} of "
        f"{published.refused:,} are refused alike.\n\n",
        _without_facts(),
        f"| Category {head}| --- {'| ---: ' * 7}|\n",
        *(f"| {name} {_row(share_of(those))}\n" for name, those in sorted(by_category.items())),
        "\nWhat is known to differ, and why:\n\n| Kind | Runs | Reason |\n| --- | ---: | --- |\n",
    ]
    known = differences.known()
    for kind, (reason, _) in differences.KINDS.items():
        if known[kind]:
            lines.append(f"| {kind} | {sum(map(len, known[kind].values()))} | {reason} |\n")
    lines.append("\nThe published configs among them:\n\n| Config | Kind | Runs | The model's own gaps |\n")
    lines.append("| --- | --- | ---: | --- |\n")
    for kind, configs in known.items():
        for name, labels in configs.items():
            if not name.startswith("made/"):
                gaps = [f"`{gap.name}`" for gap in model(name).coverage.gaps]
                lines.append(f"| `{name}` | {kind} | {len(labels)} | {_some(gaps)} |\n")
    lines += [f"\nBy architecture:\n\n| Architecture {head}| --- {'| ---: ' * 7}|\n"]
    lines += [f"| `{name}` {_row(one)}\n" for name, one in by_architecture.items()]
    return "".join(lines)


def _without_facts() -> str:
    """Return which of SGLang's architectures nothing is known of, and why."""
    from llmsim_adapters.engines.sglang.architectures import REGISTERED
    from tests.sglang import CONFIGS, NOT_BUILT

    without = sorted(REGISTERED - {entry["architecture"] for entry in CONFIGS.values()})
    reasons = dict(NOT_BUILT.values())
    lines = [
        f"SGLang registers {len(REGISTERED)} architectures, of which {len(REGISTERED) - len(without)} were built; the "
        "others could not be,\nso that nothing is compared:\n\n| Architecture | Why |\n| --- | --- |\n",
        *(f"| `{name}` | {_cell(reasons[name])} |\n" for name in without),
    ]
    return "".join(lines) + "\n"


def caches() -> str:
    """Return how many caches are those of SGLang's pools, and what is known to differ."""
    from tests.sglang import caches

    known = caches.known()
    count = sum(len(caches.runs(config)) for config in caches.CACHES)
    off = {config for those in known.values() for config in those}
    exact = count - sum(len(labels) for those in known.values() for labels in those.values())
    lines = [
        f"Of {count:,} runs of {len(caches.CACHES)} configs, {exact:,} are exact ({100 * exact / count:.1f} %); of "
        f"{len(caches.CACHES) - len(off)} configs all are.\n\n| Kind | Configs | Runs | Reason |\n"
        "| --- | ---: | ---: | --- |\n"
    ]
    for kind, (reason, _) in caches.KINDS.items():
        if known[kind]:
            lines.append(f"| {kind} | {len(known[kind])} | {sum(map(len, known[kind].values()))} | {reason} |\n")
    return "".join(lines)


def _row(one: Share) -> str:
    off = one.largest or 0.0
    shown = "" if not off else f"{off:+.1f} %" if abs(off) >= _SMALL else f"below {_SMALL} %"
    counts = (one.configs, one.built, one.exact, one.refused, one.refused_alike, one.refused_alone)
    return "".join(f"| {count or ''} " for count in counts) + f"| {shown} |"


def page() -> str:
    """Return the page with its generated parts anew."""
    from tools.marked import filled

    return filled(PAGE, {"rules": rules(), "share": share(), "caches": caches()})


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
