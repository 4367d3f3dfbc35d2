"""Data goes one way: no room imports from a room further down the line, not even for type annotations."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.hub.fixtures import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

# The rooms of `llmsim_adapters` in the order of the data; those of one line know nothing of each other.
LINE: Final = (
    {"text", "traced", "gap", "spelling", "streams", "package_data", "recording", "dataclass"},
    {"errors", "markup", "spread"},
    {"sources", "spec"},
    {"dialects", "graph"},
    {"engines"},
    {"lowerings"},
    {"plugins"},
    {"evaluation"},
    {"registries", "working", "documents", "sweep", "scaffold", "fit", "proof"},
    {"evaluated"},
    {"model"},
    {"loading"},
    {"reported"},
    {"report"},
    {"api", "page", "censuses"},
    {"llmsim"},
    {"cli"},
    {"testing"},
    {"pytest_plugin"},
    {"__main__"},
)
DEPTH: Final = {room: depth for depth, rooms in enumerate(LINE) for room in rooms}

# The rooms inside `dialects`, in the same way; what reads a whole config stands at its root, after all of them.
DIALECTS: Final = ({"keys"}, {"reading"}, {"quantization"}, {"assembly"}, {"towers", "inferring"}, {"types", "formats"})

PACKAGE: Final = ROOT / "llmsim_adapters"


def imports(path: Path) -> Iterator[str]:
    """Yield every module of this project that a file imports, wherever in the file it does so."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute, so that this test can read them"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        yield from (name for name in names if name.partition(".")[0] in ("llmsim_adapters", "llmsim_builders"))


def module(path: Path) -> str:
    """Return the name of a file's module without the package's: `dialects.read`, `api`."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def room(name: str) -> str:
    return name.partition(".")[0]


MODULES: Final = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def test_the_rooms_of_dialects_have_their_places() -> None:
    folders = {path.name for path in (PACKAGE / "dialects").iterdir() if (path / "__init__.py").exists()}
    assert folders == set().union(*DIALECTS)


@pytest.mark.parametrize("place", sorted(set().union(*DIALECTS)))
def test_a_room_of_dialects_imports_only_from_rooms_before_it(place: str) -> None:
    depth = {f"dialects.{room}": depth for depth, rooms in enumerate(DIALECTS) for room in rooms}
    here = f"dialects.{place}"
    wrong = []
    for path in sorted((PACKAGE / "dialects" / place).rglob("*.py")):
        for name in imports(path):
            there = ".".join(name.split(".")[1:3])
            if there.startswith("dialects") and there != here and depth.get(there, len(DIALECTS)) >= depth[here]:
                wrong.append(f"{module(path)} imports {name}")
    assert not wrong


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Not within a room either, nor for type annotations."""
    names = {module(path): path for path in MODULES}
    graph = {
        name: {there for there in map(_module_of, imports(path)) if there in names and there != name}
        for name, path in names.items()
    }
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def _module_of(name: str) -> str:
    """Return the module that an imported name is, or that it is in."""
    name = name.removeprefix("llmsim_adapters.")
    path = PACKAGE / Path(*name.split("."))
    return name if path.with_suffix(".py").exists() or path.is_dir() else name.rpartition(".")[0]


def edges(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (importing module, imported name) for every import from another room."""
    here = module(path)
    for name in imports(path):
        there = name.removeprefix("llmsim_adapters").removeprefix(".")
        if room(there) != room(here) and there != "__version__":
            yield here, there


def test_every_room_has_its_place_in_the_line() -> None:
    assert {room(module(path)) for path in MODULES} == set(DEPTH)


@pytest.mark.parametrize("place", sorted(DEPTH))
def test_a_room_imports_only_from_rooms_before_it(place: str) -> None:
    wrong = [
        f"{here} imports {there}"
        for path in MODULES
        if room(module(path)) == place
        for here, there in edges(path)
        if DEPTH.get(room(there), len(LINE)) >= DEPTH[place]
    ]
    assert not wrong


def test_the_built_in_builders_use_the_public_surface_only() -> None:
    """So that a plugin can do whatever they do: the host has no privileged path to them."""
    own = {
        name
        for path in (ROOT / "builders").rglob("*.py")
        for name in imports(path)
        if not name.startswith("llmsim_builders.")
    }
    assert own == {"llmsim_adapters"}
