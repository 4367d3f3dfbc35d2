"""The files of a new plugin project, and the name that they all follow from."""

from __future__ import annotations

import re
import shutil
import tempfile
from datetime import date
from importlib.resources import files
from importlib.util import find_spec
from keyword import iskeyword
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from llmsim_adapters.dialects.reading.find import find
from llmsim_adapters.errors import AdapterError
from llmsim_adapters.plugins.engines import engines_of
from llmsim_adapters.plugins.manager import registered
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST: Final = 64
_PREFIX: Final = "llmsim-"

_COMMON: Final = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    "LICENSE": "LICENSE",
    "config.json": "config.json",
    ".gitignore": "gitignore",
    ".github/workflows/ci.yml": "ci.yml",
    ".github/workflows/release.yml": "release.yml",
    "$module/py.typed": "py.typed",
}
_DIALECT: Final = {
    **_COMMON,
    "$module/__init__.py": "dialect/plugin.py",
    "$module/dialect.py": "dialect/dialect.py",
    "tests/test_$short.py": "dialect/tests.py",
}
_COMPONENT: Final = {
    **_COMMON,
    "$module/__init__.py": "component/plugin.py",
    "$module/mixer.py": "component/mixer.py",
    "$module/dialect.py": "component/dialect.py",
    "tests/test_$short.py": "component/tests.py",
}
_MODEL_TYPE: Final = {
    **_DIALECT,
    "$module/__init__.py": "model_type/plugin.py",
    "tests/test_$short.py": "model_type/tests.py",
}
_ENGINE: Final = {
    **_COMMON,
    "README.md": "engine/README.md",
    "config.json": "engine/config.json",
    "$module/__init__.py": "engine/plugin.py",
    "tests/test_$short.py": "engine/tests.py",
}
_TOWER: Final = {
    **_COMMON,
    "README.md": "tower/README.md",
    "config.json": "tower/config.json",
    "$module/__init__.py": "model_type/plugin.py",
    "$module/dialect.py": "tower/dialect.py",
    "$module/vision.py": "tower/vision.py",
    "tests/test_$short.py": "tower/tests.py",
}
_DRAFT: Final = {
    **_MODEL_TYPE,
    "$module/dialect.py": "draft/dialect.py",
    "tests/test_$short.py": "draft/tests.py",
}
Kind = Literal["builder", "component", "model_type", "tower", "engine", "draft"]
_KINDS: Final[Mapping[Kind, Mapping[str, str]]] = {
    "builder": _DIALECT,
    "component": _COMPONENT,
    "model_type": _MODEL_TYPE,
    "tower": _TOWER,
    "engine": _ENGINE,
    "draft": _DRAFT,
}


class Draft(NamedTuple):
    """What a dialect is drafted of: the type, the declared one that it is like, what differs, and the files beside it.

    `said` is lines about the differences of a number of tensors.
    """

    model_type: str
    like: str
    said: tuple[str, ...]
    differences: int
    config: str
    headers: str


class ScaffoldError(AdapterError):
    """There can be no project of this name, or not in this folder; the message says why and what to do."""


def create(
    name: str, folder: str | os.PathLike[str] | None = None, *, kind: Kind = "builder", draft: Draft | None = None
) -> list[Path]:
    """Write a plugin project, whole or not at all, and return its files.

    Args:
        name: that of the distribution, such as `llmsim-acme`; module, model type and builder are named after it.
        folder: where the project is to be; by default the name, in the current folder.
        kind: what it brings: a `model_type` alone; a `builder` beside that; a `component` beside both; a
            model type with a `tower`; or an `engine`.
        draft: what the model type is drafted of, in place of a kind.

    Raises:
        ScaffoldError: the name can't be or is taken, or the folder exists.
        OSError: the files can't be written.
    """
    names = {**_names(name), "what": "layouts" if kind == "engine" else "models", "year": str(date.today().year)}
    if draft is not None:
        kind = "draft"
        said = "\n".join(draft.said).replace("\\", "/").replace('"', "'")
        names |= {"type": draft.model_type, "like": draft.like, "said": said, "differences": f"{draft.differences}"}
    home = Path(name if folder is None else folder)
    if home.exists():
        message = f"{printable(home)} exists already; choose another folder, or remove it"
        raise ScaffoldError(message)
    if not home.absolute().parent.is_dir():
        message = f"there is no folder {printable(home.absolute().parent)} to write {printable(home.name)} into"
        raise ScaffoldError(message)
    texts = {
        Template(path).substitute(names): _template(template).substitute(names)
        for path, template in _KINDS[kind].items()
    }
    if draft is not None:
        texts |= {"config.json": draft.config, "tests/headers.json": draft.headers}
    part = Path(tempfile.mkdtemp(prefix=f".{home.name}.", dir=home.absolute().parent))
    try:
        inside = part / home.name  # with the rights of any other folder, unlike the temporary one
        for path, text in texts.items():
            (inside / path).parent.mkdir(parents=True, exist_ok=True)
            (inside / path).write_text(text, encoding="utf-8", newline="\n")
        inside.rename(home)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return [home / path for path in texts]


def _names(name: str) -> Mapping[str, str]:
    """Return what is named after the project.

    Raises:
        ScaffoldError: it can't be the name of one, or something else has it.
    """
    shown = printable(repr(name), 80)
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        message = f"{shown} is no name of a project; expected lower-case letters, digits and hyphens, as in llmsim-acme"
        raise ScaffoldError(message)
    module = name.replace("-", "_")
    short = name.removeprefix(_PREFIX).replace("-", "_")
    if iskeyword(module) or not short.isidentifier() or iskeyword(short):
        message = f"{shown} makes no names of Python; choose another, as in llmsim-acme"
        raise ScaffoldError(message)
    if find_spec(module) is not None:
        message = f"there is a module {module} already; choose another name, as in {_PREFIX}{name}"
        raise ScaffoldError(message)
    known = registered()
    if short in {entry.name for entry in engines_of(known)}:
        message = f"there is an engine {short} already; choose another name"
        raise ScaffoldError(message)
    if short in known.builders:
        message = f"there is a builder {short} already; choose another name"
        raise ScaffoldError(message)
    if find(short, known.dialects) is not None:
        message = f"the model type {short} has a dialect already; choose another name"
        raise ScaffoldError(message)
    title = "".join(part.capitalize() for part in short.split("_"))
    return {"name": name, "module": module, "short": short, "title": title}


def _template(name: str) -> Template:
    file = files(__package__) / "templates" / f"{name}.template"
    return Template(file.read_text(encoding="utf-8"))
