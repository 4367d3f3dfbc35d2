"""Where an engine's source is read from: a wheel, a checkout, or what is installed here. Nothing is imported."""

from __future__ import annotations

import ast
import hashlib
import re
import warnings
import zipfile
import zlib
from email.parser import HeaderParser
from pathlib import Path
from typing import TYPE_CHECKING, Final

from llmsim_adapters.registries.registry import RegistryError
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

_VERSION: Final = re.compile(r"\bversion\b\s*=\s*['\"]([\w.+!-]+)['\"]")
_LARGEST: Final = 8 * 1024 * 1024
"""Bytes: no source file of a release has so many."""


class Release:
    """The source of one release of a package: its modules as syntax trees, and its version where it is told."""

    def __init__(self, package: str, described: str, version: str | None) -> None:
        self.package = package
        self.described = described
        self.version = version

    def modules(self, folder: str) -> Iterator[str]:
        """Yield the names of the plain modules directly inside a folder of the package, sorted."""
        for name in sorted(self._files(folder)):
            if name.endswith(".py") and name != "__init__.py":
                yield name.removesuffix(".py")

    def tree(self, path: str) -> ast.Module:
        """Return the syntax tree of a file of the package.

        Raises:
            RegistryError: there is no such file, or it is no Python.
        """
        shown = printable(f"{self.package}/{path}")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of a release's own code, which is none of the reader's business
                return ast.parse(self._read(path))
        except KeyError:
            message = f"{self.described} has no {shown}: expected a release of {self.package}"
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
            message = f"{self.described}: {shown} can't be read: {printable(error)}"
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            message = f"{self.described}: {shown} is no Python that this Python reads: {printable(error)}"
        raise RegistryError(message)

    def __enter__(self) -> Release:
        return self

    def __exit__(self, *raised: object) -> None:
        self._close()

    def _close(self) -> None:
        """Let go of what is open."""

    def _files(self, folder: str) -> Iterator[str]:
        raise NotImplementedError

    def _read(self, path: str) -> bytes:
        raise NotImplementedError


class _Folder(Release):
    """A package's folder: in a checkout, or installed."""

    def __init__(self, package: str, folder: Path, described: str, version: str | None) -> None:
        super().__init__(package, described, version)
        self._folder = folder

    def _files(self, folder: str) -> Iterator[str]:
        found = self._folder / folder
        return (path.name for path in found.iterdir() if path.is_file()) if found.is_dir() else iter(())

    def _read(self, path: str) -> bytes:
        file = self._folder / path
        if not file.is_file():
            raise KeyError(path)
        with file.open("rb") as source:
            return _bounded(source.read(_LARGEST + 1))


class _Wheel(Release):
    """A wheel."""

    def __init__(self, package: str, wheel: Path) -> None:
        self._archive = zipfile.ZipFile(wheel)
        self._names = set(self._archive.namelist())
        metadata = [name for name in self._names if re.fullmatch(rf"{package}-[^/]+\.dist-info/METADATA", name)]
        version = None
        if metadata:
            with self._archive.open(metadata[0]) as source:
                version = HeaderParser().parsestr(source.read(_LARGEST).decode("utf-8", "replace"))["Version"]
        super().__init__(package, f"the wheel {printable(wheel.name)}, sha256 {_sha256(wheel)}", version)

    def _close(self) -> None:
        self._archive.close()

    def _files(self, folder: str) -> Iterator[str]:
        prefix = f"{self.package}/{folder}/"
        for name in self._names:
            inner = name.removeprefix(prefix)
            if inner != name and "/" not in inner:
                yield inner

    def _read(self, path: str) -> bytes:
        with self._archive.open(f"{self.package}/{path}") as source:
            return _bounded(source.read(_LARGEST + 1))


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_LARGEST):
            digest.update(piece)
    return digest.hexdigest()


def _bounded(data: bytes) -> bytes:
    if len(data) > _LARGEST:
        message = f"it has more than {_LARGEST:,} bytes"
        raise ValueError(message)
    return data


def release(package: str, source: str | None) -> Release:
    """Return the release of a package that lies at `source`; None: the one that is installed here.

    Raises:
        RegistryError: there is none; the message says what is expected.
    """
    if source is None:
        return _installed(package)
    path = Path(source)
    wanted = f"expected a wheel, a checkout or the folder of {package}"
    try:
        if path.is_dir():
            return _checkout(package, path)
        if path.is_file():
            return _Wheel(package, path)
    except (OSError, zipfile.BadZipFile) as error:
        message = f"{printable(source)!r} can't be read ({printable(error)}): {wanted}"
        raise RegistryError(message) from error
    message = f"no {printable(source)!r}: {wanted}"
    raise RegistryError(message)


def _installed(package: str) -> Release:
    from importlib.metadata import PackageNotFoundError, version
    from importlib.util import find_spec

    spec = find_spec(package)  # which finds a package, and imports nothing of it
    if spec is None or not spec.submodule_search_locations:
        message = f"{package} is not installed here: name its wheel or checkout by `--from`"
        raise RegistryError(message)
    folder = Path(spec.submodule_search_locations[0])
    try:
        said: str | None = version(package)
    except PackageNotFoundError:
        said = _beside(package, folder)
    return _Folder(package, folder, f"the installed {package}", said)


def _checkout(package: str, path: Path) -> Release:
    for folder in (path / "python" / package, path / package, path):
        if folder.name == package and (folder / "__init__.py").is_file():
            return _Folder(package, folder, f"a checkout of {package}", _beside(package, folder))
    message = f"{printable(path)!r} has no folder `{package}` or `python/{package}`: expected a checkout of {package}"
    raise RegistryError(message)


def _beside(package: str, folder: Path) -> str | None:
    """Return the version that is written in a package's folder, or beside it."""
    for metadata in sorted(folder.parent.glob(f"{package}-*.dist-info/METADATA")):
        return str(HeaderParser().parsestr(metadata.read_text("utf-8", "replace"))["Version"])
    for file in (folder / "_version.py", folder / "version.py"):
        found = _VERSION.search(file.read_text("utf-8", "replace")) if file.is_file() else None
        if found:
            return found[1]
    return None
