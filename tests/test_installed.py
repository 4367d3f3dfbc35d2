"""Which plugins are installed is told without `importlib.metadata` where nobody else's could be, and equals it."""

from __future__ import annotations

import sys
import zipfile
from importlib.metadata import distributions
from typing import TYPE_CHECKING

import pytest

from llmsim_adapters.plugins.alone import built_in_alone
from llmsim_adapters.plugins.hookspecs import PROJECT
from llmsim_adapters.plugins.manager import installed

if TYPE_CHECKING:
    from pathlib import Path

OURS = "[console_scripts]\nours = llmsim_adapters.cli.entry:run\n\n[llmsim_adapters]\nbuiltin = llmsim_builders\n"
OTHER = "Name: x\nVersion: 1\n"
METADATA = "Metadata-Version: 2.4\nName: llmsim-adapters\nVersion: 9.1\n\nName: of the text\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of the path, with our distribution in it."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [str(folder)])
    distribution(folder, "llmsim_adapters-9.1", OURS, METADATA)
    return folder


def distribution(
    folder: Path, name: str, entry_points: str | bytes | None, metadata: str = "Name: x\nVersion: 1\n"
) -> None:
    info = folder / f"{name}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    if entry_points is not None:
        content = entry_points.encode() if isinstance(entry_points, str) else entry_points
        (info / "entry_points.txt").write_bytes(content)


def by_metadata() -> list[tuple[str, str, str]]:
    return [
        (point.name, point.value, each.version)
        for each in distributions()
        for point in each.entry_points.select(group=PROJECT)
    ]


def test_of_this_machine_is_as_importlib_has_it() -> None:
    found = built_in_alone()
    if found is not None:
        assert [(found.name, found.module, found.dist.metadata["Version"])] == by_metadata()[:1]


def test_ours_alone_is_found(place: Path) -> None:
    distribution(place, "other-1", "[console_scripts]\nother = other:run\n")
    distribution(place, "nothing-1", None)
    (place / "single.egg-info").write_text("Name: single\n")
    found = built_in_alone()
    assert found is not None
    assert [(found.name, found.module, found.dist.metadata["Version"])] == by_metadata()
    assert installed() == ([found], [])


@pytest.mark.parametrize(
    "entry_points",
    [
        "[llmsim_adapters]\necho = llmsim_echo\n",
        "[pytest11]\nx = llmsim_adapters_x\n",
        b"[llmsim_adapters]\n\xff\n",
        "[llmsim_adapters\n",
    ],
)
def test_with_anybody_elses_importlib_is_asked(place: Path, entry_points: str | bytes) -> None:
    distribution(place, "echo-1", entry_points)
    assert built_in_alone() is None
    assert "builtin" in [point.name for point in installed()[0]]


@pytest.mark.parametrize(
    "entry_points",
    [
        OURS.replace("llmsim_builders", "llmsim_builders:one"),
        OURS + "more = llmsim_more\n",
        OURS.replace("builtin = ", "builtin: "),
        OURS + OURS,
    ],
)
def test_ours_in_another_form_is_left_to_importlib(place: Path, entry_points: str) -> None:
    (place / "llmsim_adapters-9.1.dist-info" / "entry_points.txt").write_text(entry_points)
    assert built_in_alone() is None


def test_the_first_of_ours_on_the_path_counts(place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier"
    earlier.mkdir()
    distribution(earlier, "llmsim_adapters-8.0", OURS, METADATA.replace("9.1", "8.0"))
    monkeypatch.setattr(sys, "path", [str(tmp_path / "nowhere"), str(earlier), str(place)])
    found = built_in_alone()
    assert found is not None
    assert found.dist.metadata["Version"] == "8.0"


def test_an_archive_is_left_to_importlib(place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    archive = tmp_path / "plugins.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("echo-1.dist-info/entry_points.txt", "[llmsim_adapters]\necho = llmsim_echo\n")
        file.writestr("echo-1.dist-info/METADATA", "Name: echo\nVersion: 1\n")
    monkeypatch.setattr(sys, "path", [str(place), str(archive)])
    assert built_in_alone() is None
    assert {point.name for point in installed()[0]} == {"builtin", "echo"}


def test_a_finder_of_distributions_is_left_to_importlib(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Finder:
        def find_distributions(self, context: object) -> list[object]:
            return []

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder()])
    assert built_in_alone() is None
