"""Options that a project sets once: `llmsim-adapters.toml`, or `[tool.llmsim-adapters]` of `pyproject.toml`.

The file is the next one in the working directory or above it. What the command line says comes before it. Paths in it
are those of its own folder. A file may not say which hub is asked, nor name a file outside of its folder that is to be
written: a folder that somebody downloaded could send tokens to an address of its own, or put something elsewhere.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.cli.output import write
from llmsim_adapters.spelling import meant
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

_OWN: Final = "llmsim-adapters.toml"
_PROJECT: Final = "pyproject.toml"
_TABLE: Final = "llmsim-adapters"

KEYS: Final[dict[str, tuple[type, ...]]] = {
    "registry": (str,),
    "offline": (bool,),
    "timeout": (int, float),
    "fail-under": (int, float),
    "fail-under-full": (int, float),
    "html": (str,),
    "against": (str,),
    "gpu": (str,),
    "utilization": (int, float),
}
"""What a file may set, and of which type each is."""

_FILES: Final = ("html", "against")

_NAMED: Final = {bool: "true or false", str: "a string", int: "a number"}


class Settings(NamedTuple):
    """What a file sets, by the option's name."""

    path: Path
    values: dict[str, Any]


def found(start: Path | None = None) -> Settings | None:
    """Return the settings that hold in a folder, by default the working directory, or None.

    Raises:
        Failed: the file is not TOML, or sets what can't be set.
    """
    try:
        place = os.getcwd() if start is None else os.path.abspath(start)
    except OSError:  # it is gone
        return None
    while True:
        for name in (_OWN, _PROJECT):
            file = os.path.join(place, name)
            table = _table(file, name) if os.path.isfile(file) else None
            if table is not None:
                return _settings(file, table)
        place, below = os.path.dirname(place), place
        if place == below:
            return None


def _settings(file: str, table: dict[str, Any]) -> Settings:
    from pathlib import Path  # which takes long to import, and most folders have no settings

    path = Path(file)
    return Settings(path, {key: _checked(path, key, value) for key, value in table.items()})


def defaults(settings: Settings, names: Container[str]) -> dict[str, Any]:
    """Return the defaults of a command, of which the parameters' names are given."""
    said = {key.replace("-", "_"): value for key, value in settings.values.items()}
    return {name: [value] if name == "registry" else value for name, value in said.items() if name in names}


def show() -> None:
    """Print what a file sets in the working directory."""
    import json

    settings = found()
    if settings is None:
        write("no llmsim-adapters.toml and no [tool.llmsim-adapters] here or above\n")
    else:
        lines = [f"{name} = {printable(json.dumps(value))}\n" for name, value in settings.values.items()]
        write("".join([f"# {printable(str(settings.path))}\n", *lines]))


def _table(path: str, name: str) -> dict[str, Any] | None:
    """Return the table of a file, or None where it has none."""
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError as error:
        if name == _PROJECT:
            return None  # most of them say nothing about this program
        message = f"{printable(path)} can't be read: {error.strerror or error}"
        raise Failed(message, MISUSE) from error
    if name == _PROJECT and _TABLE.encode() not in content:
        return None
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        data: Any = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        message = f"{printable(path)} is not TOML: {error}"
        raise Failed(message, MISUSE) from error
    if name == _PROJECT:
        tool = data.get("tool")
        data = tool.get(_TABLE) if isinstance(tool, dict) else None
        if data is not None and not isinstance(data, dict):
            message = f"{printable(path)}: expected a table at `tool.{_TABLE}`"
            raise Failed(message, MISUSE)
    return data  # type: ignore[no-any-return]


def _checked(path: Path, key: str, value: Any) -> Any:
    types = KEYS.get(key)
    if types is None:
        message = (
            f"{printable(path)}: `{printable(key, 80)}` can't be set there{meant(key, KEYS)}; "
            f"there are {', '.join(KEYS)}"
        )
        raise Failed(message, MISUSE)
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        message = f"{printable(path)}: `{key}` is {printable(repr(value), 80)}; expected {_NAMED[types[0]]}"
        raise Failed(message, MISUSE)
    if key in _FILES:
        return _beside(path, key, str(value))
    if key == "registry" and (path.parent / str(value)).is_file():
        return str(path.parent / str(value))
    return value


def _beside(path: Path, key: str, value: str) -> str:
    """Return the path of a file that the settings name, which is in their folder or below it."""
    folder = path.parent.resolve()
    try:
        file = (folder / value).resolve()
        inside = file.is_relative_to(folder) and file != folder
    except (OSError, ValueError):  # a loop of links, or a zero byte
        inside = False
    if not inside:
        message = f"{printable(path)}: `{key}` is {printable(repr(value), 80)}; expected a file in the same folder"
        raise Failed(message, MISUSE)
    return str(file)
