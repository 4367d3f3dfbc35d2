"""SGLang's registry, read by syntax alone.

SGLang fills its registry by importing every plain module directly inside `sglang.srt.models` (packages below it are
helpers) and taking each module's `EntryClass`: one class, or a list of classes. The key of a class is its `__name__`.
The same names are found here without importing anything. An `EntryClass` that comes about in a way that can't be read
off the syntax is an error, never a row that is silently missing; so is a name that two modules register, as in SGLang.

What comes out is what a release declares. On one machine fewer may be registered, because SGLang skips a module whose
import fails there (a missing library of an accelerator, say).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.registries.entry import Entry, Rename
from llmsim_adapters.registries.registry import RegistryError
from llmsim_adapters.registries.renames import renames
from llmsim_adapters.registries.syntax import adds_nothing, assignments, classes, imports, strings
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from llmsim_adapters.registries.releases import Release

PACKAGE: Final = "sglang"
TITLE: Final = "SGLang"
_MODELS: Final = "srt/models"
_SETTINGS: Final = "srt/configs/model_config.py"
_WRAPPERS: Final = ("transformers", "torch_native_llama", "mindspore")
"""Modules whose classes run models that have classes of their own, by another implementation."""

_DRAFT: Final = ("NextN", "MTP", "Eagle", "Eagle3", "DraftModel", "DSpark", "DSparkModel", "AssistantForCausalLM")
_DRAFT_ELSEWHERE: Final = ("Eagle3", "DFlash", "AssistantModel")
_SCORES: Final = ("Classification", "RewardModel", "Classification_Weights", "Normal_Weights")
_DIFFUSION: Final = ("LLaDA", "SDAR", "BlockDiffusion")
_ENCODERS: Final = ("Model", "Contriever")
_DECODERS: Final = ("LMHeadModel", "ChatModel", "GLMModel")
_MULTIMODAL: Final = ("ForConditionalGeneration", "VL")
"""How names end, or what is in them, by which kinds are told where no list of SGLang's says it."""


class _Class(NamedTuple):
    name: str
    bases: tuple[str, ...]
    adds_nothing: bool


def read(release: Release) -> list[Entry]:
    """Return every architecture that a release of SGLang registers.

    Raises:
        RegistryError: something of it can't be read off the syntax.
    """
    modules: dict[str, str] = {}
    known: dict[str, _Class] = {}
    for module in release.modules(_MODELS):
        tree = release.tree(f"{_MODELS}/{module}.py")
        for found in registered(tree, module):
            if found.name in modules:
                message = f"{printable(found.name)} is registered by {modules[found.name]} and by {module}"
                raise RegistryError(message)
            modules[found.name], known[found.name] = module, found
    if not modules:
        message = f"{release.described} registers nothing in {PACKAGE}/{_MODELS}: expected a release of SGLang"
        raise RegistryError(message)
    settings = release.tree(_SETTINGS)
    renamed = renames(settings, release)
    kinds = _Kinds(settings, renamed)
    return [
        Entry(
            name,
            f"{PACKAGE}.{_MODELS.replace('/', '.')}.{module}",
            kinds.of(name, module),
            base := next((base for base in known[name].bases if base in modules), None),
            base is not None and known[name].adds_nothing,
            renamed.get(name),
        )
        for name, module in modules.items()
    ]


def registered(tree: ast.Module, module: str) -> list[_Class]:
    """Return the classes that one module registers, in its order."""
    named = dict(assignments(tree))
    assigned = [value for target, value in assignments(tree) if target == "EntryClass"]
    mentions = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "EntryClass"]
    origins = dict(imports(tree))
    if len(mentions) != len(assigned) or len(assigned) > 1 or "EntryClass" in origins:
        message = f"{module}: EntryClass is not given by one assignment at the top level alone"
        raise RegistryError(message)
    if not assigned:
        if "*" in origins:
            message = f"{module}: a star import may bring an EntryClass"
            raise RegistryError(message)
        return []
    defined = classes(tree)

    def resolved(item: ast.expr, seen: frozenset[str] = frozenset()) -> _Class:
        if isinstance(item, ast.Name) and item.id not in seen:
            if item.id in defined:
                definition = defined[item.id]
                bases = (base.id for base in definition.bases if isinstance(base, ast.Name))
                return _Class(item.id, tuple(origins.get(base, base) for base in bases), adds_nothing(definition))
            if item.id in origins:
                return _Class(origins[item.id], (), False)
            if item.id in named:
                return resolved(named[item.id], seen | {item.id})
        message = f"{module}: cannot tell which class {printable(ast.unparse(item))!r} is"
        raise RegistryError(message)

    return [resolved(item) for item in (assigned[0].elts if isinstance(assigned[0], ast.List) else assigned)]


class _Kinds:
    """What is loaded under a name: by SGLang's own lists, else by the name."""

    def __init__(self, settings: ast.Module, renamed: dict[str, Rename]) -> None:
        named = dict(assignments(settings))
        self._renamed = renamed
        self._multimodal = set(strings(ast.Name("multimodal_model_archs"), named))
        self._no_text = {
            node.left.value
            for function in ast.walk(settings)
            if isinstance(function, ast.FunctionDef) and function.name == "is_generation_model"
            for node in ast.walk(function)
            if isinstance(node, ast.Compare)
            and isinstance(node.left, ast.Constant)
            and isinstance(node.left.value, str)
        }

    def of(self, name: str, module: str) -> str:
        """Return the kind of an architecture."""
        if module in _WRAPPERS:
            return "wrapper"
        if name in self._renamed or name.endswith(_DRAFT) or any(part in name for part in _DRAFT_ELSEWHERE):
            return "draft"
        if name.endswith(_SCORES):
            return "classifier"
        if any(part in name for part in _DIFFUSION):
            return "block_diffusion"
        if name in self._no_text:
            return "encoder"
        if name in self._multimodal or any(part in name for part in _MULTIMODAL):
            return "multimodal"
        return "encoder" if name.endswith(_ENCODERS) and not name.endswith(_DECODERS) else "causal_lm"
