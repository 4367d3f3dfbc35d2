"""Write what `docs/quantization.md` says of each method: what it stores, its lists, and how near the figures are.

python tools/quantization.py
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = ROOT / "docs" / "quantization.md"
sys.path.insert(0, str(ROOT))


def methods() -> str:
    """Return the table of methods: what is read, which keys list exceptions, and what holds the figures."""
    import llmsim_adapters as la
    from llmsim_adapters.dialects.quantization.methods import METHODS
    from tests.checkpoints import STORED, model_of
    from tests.facts import facts
    from tests.sglang import CONFIGS, answers, model, runs

    files: Counter[str] = Counter()
    for entry in STORED:
        spec = model_of(entry).spec
        assert spec is not None
        assert spec.quantization is not None
        files[spec.quantization.method] += 1
    written: Counter[str] = Counter()
    for entry in facts("written")["written"].values():
        spec = la.load({**facts("written")["config"], "quantization_config": entry["quantization_config"]}).spec
        assert spec is not None
        assert spec.quantization is not None
        written[spec.quantization.method] += 1
    built: Counter[str] = Counter()
    exact: Counter[str] = Counter()
    for name in CONFIGS:
        spec = model(name).spec
        if spec is None or spec.quantization is None:
            continue
        answered = answers(name)
        for run in runs(name):
            if run.bytes is not None:
                built[spec.quantization.method] += 1
                exact[spec.quantization.method] += answered[run.label] == run.bytes
    refused: Counter[str] = Counter()
    for config in facts("sglang/refused_methods")["configs"].values():
        spec = la.load(dict(config["config"]), files=config.get("files", {})).spec
        assert spec is not None
        assert spec.quantization is not None
        refused[spec.quantization.method] += 1
    lines = [
        "| Method | Reads | Left as it is | Files | Written | Runs | Refused |\n",
        "| --- | --- | --- | ---: | ---: | ---: | ---: |\n",
    ]
    for name, method in METHODS.items():
        doc = method.read.__doc__ or ""
        reads = " ".join(doc.split("\n\n")[0].split()).removeprefix("Read ")
        keys = ", ".join(f"`{key}`" for key in method.excluding)
        near = f"{exact[name]} of {built[name]}" if built[name] else ""
        on_disk = f"{files[name] or ''} | {written[name] or ''}"
        lines.append(f"| `{name}` | {reads} | {keys} | {on_disk} | {near} | {refused[name] or ''} |\n")
    return "".join(lines)


def schemes() -> str:
    """Return the table of the ways to store a matrix, and what SGLang's classes have beside it otherwise."""
    from llmsim_adapters.engines.built_in import built_in
    from llmsim_adapters.engines.rules import Scales
    from llmsim_adapters.spec.quantization import SCHEMES

    notes: dict[str, list[str]] = {}
    for rule in built_in("sglang").rules:
        for name in rule.schemes if isinstance(rule, Scales) and rule.note else ():
            notes.setdefault(name, []).append(rule.note)
    lines = ["| Feature | What it stores | Of SGLang's classes |\n", "| --- | --- | --- |\n"]
    for name, meaning in SCHEMES.items():
        lines.append(f"| `{name}_weights` | {meaning} | {'; '.join(notes.get(name, []))} |\n")
    return "".join(lines)


def page() -> str:
    """Return the page with its generated parts anew."""
    from tools.marked import filled

    return filled(PAGE, {"methods": methods(), "schemes": schemes()})


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
