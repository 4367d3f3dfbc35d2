"""Plugins that are not installed: a file, or the folder of a project, to be tried as it is."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.errors import AdapterError
from llmsim_adapters.plugins.hookspecs import PROJECT
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    import os

_POINTS: Final = re.compile(rf"^\[project\.entry-points\.[\"']?{PROJECT}[\"']?\]\s*\n((?:(?!\[).*\n?)*)", re.MULTILINE)
_POINT: Final = re.compile(r"^\s*[\"']?([\w.-]+)[\"']?\s*=\s*[\"']([\w.]+)[\"']", re.MULTILINE)
_NAME: Final = re.compile(r"^name\s*=\s*[\"']([^\"']+)[\"']", re.MULTILINE)


class NoPlugin(AdapterError):
    """There is no plugin in a file or folder; the message says what is missing."""


class FilePoint(NamedTuple):
    """What stands for the entry point of a plugin that is not installed."""

    name: str
    module: str
    path: Path
    distribution: str

    def load(self) -> Any:
        """Import the module."""
        if self.path.is_dir():
            for folder in (self.path, self.path / "src"):
                if folder.is_dir() and str(folder) not in sys.path:
                    sys.path.insert(0, str(folder))
            return import_module(self.module)
        spec = spec_from_file_location(self.module, self.path)
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[self.module] = module_from_spec(spec)
        spec.loader.exec_module(module)
        return module


def points(given: str | os.PathLike[str]) -> list[FilePoint]:
    """Return the entry points of a file, or of the project in a folder.

    Raises:
        NoPlugin: there are none.
    """
    path = Path(given).resolve()
    shown = printable(given)
    if path.is_file() and path.suffix == ".py" and path.stem.isidentifier():
        taken = path.stem in sys.modules or path.stem in sys.stdlib_module_names
        return [FilePoint(path.stem, f"{path.stem}_plugin" if taken else path.stem, path, path.name)]
    project = path / "pyproject.toml"
    if not project.is_file():
        message = f"{shown} is no plugin; expected a Python file, or a folder with the pyproject.toml of one"
        raise NoPlugin(message)
    text = project.read_text(encoding="utf-8")
    named, table = _NAME.search(text), _POINTS.search(text)
    found = _POINT.findall(table[1]) if table else []
    if not found:
        message = f"{shown} is no plugin: its pyproject.toml has no [project.entry-points.{PROJECT}]"
        raise NoPlugin(message)
    distribution = named[1] if named else path.name
    return [FilePoint(name, module, path, distribution) for name, module in found]
