"""What is distributed: wheel, sdist and editable install, built here without any network."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from email.parser import HeaderParser
from importlib.metadata import requires
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from tests.hub.fixtures import ROOT

if TYPE_CHECKING:
    from email.message import Message

NAME: Final = f"llmsim_adapters-{la.__version__}"
DATA: Final = {
    "llmsim_adapters/py.typed",
    "llmsim_builders/py.typed",
    "llmsim_adapters/evaluation/served.json",
    "llmsim_adapters/evaluation/verified.json",
    "llmsim_adapters/registries/report.json",
    "llmsim_adapters/registries/sglang.json",
}


def build(source: Path, folder: Path, target: str) -> Path:
    """Build one distribution of the project in `source` with the hatchling of this environment."""
    folder.mkdir()
    command = [sys.executable, "-m", "build", "--no-isolation", f"--{target}", "--outdir", str(folder), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.iterdir()
    return built


def contents(wheel: Path) -> dict[str, str]:
    """Return the digest of every file in a wheel by name."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("wheel") / "dist", "wheel")


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("sdist") / "dist", "sdist")


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what installing the wheel puts into site-packages."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def metadata(site: Path) -> Message:
    return HeaderParser().parsestr((site / f"{NAME}.dist-info" / "METADATA").read_text(encoding="utf-8"))


def installed(site: Path, folder: Path, code: str) -> str:
    """Return what code prints that has the unpacked wheel before everything else, away from the checkout."""
    environment = {**os.environ, "PYTHONPATH": str(site), "HOME": str(folder), "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


class TestWheel:
    def test_takes_two_names_in_site_packages(self, wheel: Path) -> None:
        top = {name.partition("/")[0] for name in contents(wheel)}
        assert top == {"llmsim_adapters", "llmsim_builders", f"{NAME}.dist-info"}

    def test_is_for_every_platform(self, wheel: Path) -> None:
        assert wheel.name == f"{NAME}-py3-none-any.whl"

    def test_has_every_module(self, wheel: Path) -> None:
        modules = {
            str(path.relative_to(base).as_posix())
            for base, package in ((ROOT, "llmsim_adapters"), (ROOT / "builders", "llmsim_builders"))
            for path in (base / package).rglob("*.py")
        }
        assert {name for name in contents(wheel) if name.endswith(".py")} == modules

    def test_has_the_data(self, wheel: Path) -> None:
        names = set(contents(wheel))
        assert names >= DATA
        bundled = {f"llmsim_adapters/hf_config/{path.name}" for path in (ROOT / "hf_config").iterdir()}
        assert {name for name in names if "/hf_config/" in name} == bundled
        assert len(bundled) >= 19

    def test_is_small(self, wheel: Path) -> None:
        assert wheel.stat().st_size < 5_000_000

    def test_has_the_templates_of_projects(self, wheel: Path) -> None:
        found = {name for name in contents(wheel) if name.endswith(".template")}
        assert found == {path.relative_to(ROOT).as_posix() for path in (ROOT / "llmsim_adapters").rglob("*.template")}
        assert len(found) == 28

    def test_answers_from_anywhere_with_the_configs_inside_it(self, site: Path, tmp_path: Path) -> None:
        code = (
            "import json, llmsim_adapters as la\n"
            "m = la.load('mistralai/Mixtral-8x7B-v0.1')\n"
            "print(json.dumps([la.__file__, m.coverage.source.source, m.coverage.source.location, "
            "m.coverage.status, m.coverage.builder, m.build().parameters]))"
        )
        file, source, location, *answer = json.loads(installed(site, tmp_path, code))
        assert Path(file).is_relative_to(site)
        assert source == "bundled"
        assert location.startswith(str(site / "llmsim_adapters" / "hf_config"))
        assert answer == ["fully_supported", "qwen3_moe", 46_702_792_704]

    def test_brings_the_shipped_registries(self, site: Path, tmp_path: Path) -> None:
        code = "import llmsim_adapters as la; print(la.coverage('report', offline=True).counts.total)"
        assert installed(site, tmp_path, code) == "19\n"


class TestMetadata:
    def test_names_the_project(self, metadata: Message) -> None:
        assert metadata["Name"] == "llmsim-adapters"
        assert metadata["Version"] == la.__version__
        assert metadata["License-Expression"] == "Apache-2.0"
        assert metadata["License-File"] == "LICENSE"
        assert metadata["Description-Content-Type"] == "text/markdown"

    def test_asks_for_python_3_10(self, metadata: Message) -> None:
        assert metadata["Requires-Python"] == ">=3.10"
        listed = re.findall(r"Python :: (3\.\d+)", " ".join(metadata.get_all("Classifier", [])))
        assert listed == ["3.10", "3.11", "3.12", "3.13", "3.14"]

    def test_needs_few_libraries_at_run_time(self, metadata: Message) -> None:
        required = metadata.get_all("Requires-Dist", [])
        needed = {re.split(r"[^\w-]", line)[0].replace("_", "-") for line in required if "extra ==" not in line}
        assert needed == {
            *("click", "huggingface-hub", "modelscope", "modelscope-hub", "pluggy", "pydantic", "rich", "tqdm"),
            "tomli",  # what Python 3.11 has as tomllib
        }
        assert [line for line in required if line.startswith("tomli") and "< '3.11'" in line.replace('"', "'")]
        assert "huggingface-hub>=1.4" in [line.replace("_", "-") for line in required]

    def test_has_few_extras(self, metadata: Message) -> None:
        found = set(metadata.get_all("Provides-Extra", []))
        assert found == {"census", "distributed", "docs", "html", "reference", "sweep", "test"}
        reference = {
            re.split(r"[^\w-]", line)[0]
            for line in metadata.get_all("Requires-Dist", [])
            if re.search(r"extra == ['\"]reference['\"]", line)
        }
        assert reference == {"torch", "transformers"}

    def test_registers_the_command_and_the_built_in_builders(self, site: Path) -> None:
        lines = (site / f"{NAME}.dist-info" / "entry_points.txt").read_text(encoding="utf-8").split("\n")
        assert [line for line in lines if line] == [
            "[console_scripts]",
            "llmsim-adapters = llmsim_adapters.cli.entry:run",
            "[llmsim_adapters]",
            "builtin = llmsim_builders",
            "[pytest11]",
            "llmsim-adapters = llmsim_adapters.pytest_plugin",
        ]


class TestSdist:
    def test_gives_the_same_wheel_as_the_checkout(self, sdist: Path, wheel: Path, tmp_path: Path) -> None:
        safely: Any = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # early patches of 3.10 and 3.11
        with tarfile.open(sdist) as archive:
            archive.extractall(tmp_path, **safely)
        again = build(tmp_path / NAME, tmp_path / "dist", "wheel")
        assert contents(again) == contents(wheel)

    def test_has_what_the_suite_needs(self, sdist: Path) -> None:
        with tarfile.open(sdist) as archive:
            names = {name.removeprefix(f"{NAME}/") for name in archive.getnames()}
        read = (
            "tests/**/test_*.py",
            "docs/**/*.md",
            ".github/**/*.yml",
            "tools/*.py",
            "*.md",
            "*.toml",
            "*.yml",
            ".ci/run",
        )
        assert names >= {path.relative_to(ROOT).as_posix() for pattern in read for path in ROOT.glob(pattern)}
        assert "LICENSE" in names


class TestEditable:
    def test_points_at_the_two_packages(self, tmp_path: Path) -> None:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel:editable", "-d", str(tmp_path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        (built,) = tmp_path.iterdir()
        with zipfile.ZipFile(built) as archive:
            (link,) = [name for name in archive.namelist() if name.endswith(".pth")]
            paths = archive.read(link).decode().split("\n")
        assert {Path(path) for path in paths if path} == {ROOT, ROOT / "builders"}


def test_what_is_imported_is_declared() -> None:
    """A package that another one brings along today may be gone tomorrow."""
    imported = set()
    for path in [*(ROOT / "llmsim_adapters").rglob("*.py"), *(ROOT / "builders").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            imported |= {name.partition(".")[0] for name in names}
    ours = {"llmsim_adapters", "llmsim_builders"}
    llmsim = {"src"}  # a checkout, which is on no package index
    asked = [re.split(r"[ <>=!~;\[]", each)[0] for each in requires("llmsim-adapters") or ()]
    assert imported - ours - llmsim - sys.stdlib_module_names <= {name.replace("-", "_") for name in asked}
