"""Whose configs SGLang takes for its drafts: it renames a target's architecture, and sets some keys.

`ModelConfig._config_draft_model` does it in statements of one shape: where the architecture is such and such, it is
from now on another one. They are read off the syntax; so is a config class that says its draft's name by a method.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.registries.entry import Rename
from llmsim_adapters.registries.syntax import assignments, strings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from llmsim_adapters.registries.releases import Release

_FUNCTION: Final = "_config_draft_model"
_METHOD: Final = "configure_draft_model"
_CONFIGS: Final = "srt/configs"
_CONFIG: Final = "hf_config"


def renames(settings: ast.Module, release: Release) -> dict[str, Rename]:
    """Return for each architecture that SGLang gives to other architectures' configs those, and what it sets."""
    named = dict(assignments(settings))
    found: dict[str, Rename] = {}
    for function in ast.walk(settings):
        if isinstance(function, ast.FunctionDef) and function.name == _FUNCTION:
            for statement in function.body:
                if isinstance(statement, ast.If):
                    targets = tuple(_compared(statement.test, named))
                    for name, keys in _given(statement.body):
                        before = found.get(name, Rename(()))
                        found[name] = Rename((*before.targets, *targets), {**keys, **before.keys})
    found.update(_by_method(release))
    return {name: rename for name, rename in found.items() if rename.targets}


def _compared(test: ast.expr, named: Mapping[str, ast.expr]) -> Iterator[str]:
    """Yield the architectures that a condition asks for."""
    for node in ast.walk(test):
        if isinstance(node, ast.Compare) and "architectures[0]" in ast.unparse(node.left):
            for operator, asked in zip(node.ops, node.comparators, strict=True):
                if isinstance(operator, (ast.Eq, ast.In)):
                    yield from strings(asked, named)


def _given(body: list[ast.stmt]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each architecture that statements give a config, with the plain values that they set beside it."""
    keys: dict[str, Any] = {}
    names = []
    for statement in body:
        if isinstance(statement, ast.If):
            for branch in (statement.body, statement.orelse):
                yield from _given(branch)
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            continue
        target = ast.unparse(statement.targets[0])
        value = statement.value.elts[0] if isinstance(statement.value, ast.List) else statement.value
        if target.endswith((".architectures[0]", ".architectures")) and isinstance(value, ast.Constant):
            names.append(str(value.value))
        elif f".{_CONFIG}." in target and isinstance(statement.value, ast.Constant):
            keys[target.rpartition(".")[2]] = statement.value.value
    yield from ((name, keys) for name in names)


def _by_method(release: Release) -> Iterator[tuple[str, Rename]]:
    """Yield what config classes say: the draft's name is what a method returns, the target's is that less an ending."""
    for module in release.modules(_CONFIGS):
        tree = release.tree(f"{_CONFIGS}/{module}.py")
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef) and function.name == _METHOD:
                for node in ast.walk(function):
                    if isinstance(node, ast.Return) and isinstance(node.value, ast.Constant):
                        name = str(node.value.value)
                        yield name, Rename((name.removesuffix("NextN"),))
