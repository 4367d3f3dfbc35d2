"""vLLM's registry, read by syntax alone.

`vllm/model_executor/models/registry.py` gives dictionaries from an architecture to a module and its class, one for each
kind of model. They are written out, but for a few that take all of another one, or its entries of one class by a
comprehension. What can't be read off the syntax is an error.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from llmsim_adapters.registries.entry import Entry
from llmsim_adapters.registries.registry import RegistryError
from llmsim_adapters.registries.syntax import assignments
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from llmsim_adapters.registries.releases import Release

PACKAGE: Final = "vllm"
TITLE: Final = "vLLM"
_REGISTRY: Final = "model_executor/models/registry.py"
_KINDS: Final = (
    ("TEXT_GENERATION", "causal_lm"),
    ("MULTIMODAL", "multimodal"),
    ("SPECULATIVE", "draft"),
    ("CROSS_ENCODER", "classifier"),
    ("CLASSIFICATION", "classifier"),
    ("REWARD", "classifier"),
    ("EMBEDDING", "encoder"),
    ("LATE_INTERACTION", "encoder"),
    ("POOLING", "encoder"),
    ("TRANSFORMERS_BACKEND", "wrapper"),
    ("TRANSFORMERS_SUPPORTED", "causal_lm"),
)
"""What is in a dictionary's name, and the kind of its models; of two that have an architecture the first counts."""


def read(release: Release) -> list[Entry]:
    """Return every architecture that a release of vLLM registers.

    Raises:
        RegistryError: something of it can't be read off the syntax.
    """
    tree = release.tree(_REGISTRY)
    listed = {
        name: value for name, value in assignments(tree) if isinstance(value, ast.Dict) and name.endswith("_MODELS")
    }
    found: dict[str, Entry] = {}
    for part, kind in _KINDS:
        for name in (name for name in listed if part in name):
            for architecture, (module, cls) in _entries(listed[name], listed, name).items():
                path = module if module.startswith(f"{PACKAGE}.") else f"{PACKAGE}.model_executor.models.{module}"
                base = None if cls == architecture else cls
                found.setdefault(architecture, Entry(architecture, path, kind, base, base is not None))
    if not found:
        message = f"{release.described} lists no models in {PACKAGE}/{_REGISTRY}: expected a release of vLLM"
        raise RegistryError(message)
    return list(found.values())


def _entries(value: ast.Dict, listed: dict[str, ast.Dict], name: str) -> dict[str, tuple[str, str]]:
    """Return the modules and classes that a dictionary gives, by architecture."""
    found: dict[str, tuple[str, str]] = {}
    for key, item in zip(value.keys, value.values, strict=True):
        if key is None:
            found.update(_taken(item, listed, name))
        elif isinstance(key, ast.Constant) and isinstance(item, ast.Tuple) and _texts(item):
            found[str(key.value)] = (str(ast.literal_eval(item)[0]), str(ast.literal_eval(item)[1]))
        else:
            message = f"{_REGISTRY}: cannot tell what {name} has in `{printable(ast.unparse(item))}`"
            raise RegistryError(message)
    return found


def _texts(item: ast.Tuple) -> bool:
    return len(item.elts) == 2 and all(isinstance(each, ast.Constant) for each in item.elts)


def _taken(item: ast.expr, listed: dict[str, ast.Dict], name: str) -> dict[str, tuple[str, str]]:
    """Return what a dictionary takes of another one: all of it, or the entries of one class."""
    if isinstance(item, ast.Name) and item.id in listed and item.id != name:
        return _entries(listed[item.id], listed, item.id)
    if isinstance(item, ast.DictComp):
        (generator,) = item.generators
        source = ast.unparse(generator.iter).removesuffix(".items()")
        wanted = [ast.unparse(test.comparators[0]) for test in generator.ifs if isinstance(test, ast.Compare)]
        if source in listed and source != name and len(wanted) == len(generator.ifs) == 1:
            cls = ast.literal_eval(wanted[0])
            return {key: value for key, value in _entries(listed[source], listed, source).items() if value[1] == cls}
    message = f"{_REGISTRY}: cannot tell what {name} takes by `{printable(ast.unparse(item))}`"
    raise RegistryError(message)
