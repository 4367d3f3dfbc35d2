"""What the facts hold, as the product's `verified` evidence asks for it.

    python -m tests.reference.index

writes `llmsim_adapters/dialects/keys/spelled.json`, the keys that each class takes, and
`llmsim_adapters/evaluation/verified.json`: the dialects, kinds of component and features that occur in some
case whose figures the suite compares. What no class of transformers has, as drafts, SGLang's own classes hold: their
config was read without any gap, and every layout has their bytes. It needs the package, not torch.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import llmsim_adapters as la
from llmsim_adapters.dialects.keys.aliases import CANONICAL
from llmsim_adapters.dialects.keys.parts import is_tower
from llmsim_adapters.dialects.keys.spelled import PATTERNS
from llmsim_adapters.dialects.reading.tracker import LANGUAGE_MODELS
from llmsim_adapters.spec.features import Features
from tests.checkpoints import STORED, model_of
from tests.facts import CASES, HEAD_CASES, MTP_CASES, facts
from tests.sglang import CONFIGS, model
from tests.sglang.served import share

SAID: Final = {*CANONICAL, *LANGUAGE_MODELS, *PATTERNS}
"""The keys of which it matters which classes take them: those that are no type's own."""
SPELLED: Final = Path(la.__file__).parent / "dialects" / "keys" / "spelled.json"
INDEX: Final = Path(la.__file__).parent / "evaluation" / "verified.json"


def unmodelled(config: str) -> bool:
    """Return whether something of a config has no figures: its tensors may be SGLang's all the same."""
    return any((gap.kind, gap.name) != ("inferred", "evidence") for gap in model(config).coverage.gaps)


def index() -> dict[str, list[str]]:
    """Return the dialects, components and features of all models that the facts are about."""
    configs = [case["config"] for _, case in CASES + HEAD_CASES] + [case["config"] for case in MTP_CASES]
    models = [la.load(config) for config in configs]
    models += [la.load(name, offline=True) for name in facts("checkpoints")["models"]]
    found = Features()
    dialects: set[str] = set()
    components: set[str] = set()
    features: set[str] = set()
    for held in models:
        if held.spec is not None:
            dialects.add(held.reading.dialect)
            components.update(component.kind for component in held.spec.components())
            features.update(found.of(held.spec))
    for name in CONFIGS:
        spec, reading = model(name).spec, model(name).reading
        if spec is None or spec.quantization is not None or unmodelled(name):
            continue  # quantized, a rank may store it otherwise than the checkpoint
        kinds, said = {component.kind for component in spec.components()}, set(found.of(spec))
        known = reading.dialect in dialects and kinds <= components and said <= features
        if not known and share([name]).held:
            dialects.add(reading.dialect)
            components |= kinds
            features |= said
    for entry in STORED:  # a byte total holds how weights are stored, and only that
        spec = model_of(entry).spec
        if spec is not None and spec.quantization is not None:
            stored = {f"{scheme.name}_weights" for scheme in spec.quantization.schemes}
            features.update(stored & set(found.of(spec)))
    return {"dialects": sorted(dialects), "components": sorted(components), "features": sorted(features)}


def spelled() -> dict[str, str]:
    """Return the keys that each type's class takes, as one text."""
    return {
        name: " ".join(sorted(key for key in keys if key in SAID or is_tower(key, {})))
        for name, keys in facts("spelled")["types"].items()
    }


if __name__ == "__main__":
    SPELLED.write_text(json.dumps(spelled(), indent=0) + "\n", encoding="utf-8")
    INDEX.write_text(json.dumps(index(), indent=2) + "\n", encoding="utf-8")
