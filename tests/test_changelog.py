"""CHANGELOG.md says what changed, and `tools/changelog.py` finds where it does not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

import llmsim_adapters as la
from tests.hub.fixtures import ROOT

if TYPE_CHECKING:
    from pathlib import Path

HEAD: Final = "# Changelog\n\n## [Unreleased]\n"
RELEASED: Final = "\n## [0.1.0] - 2026-11-23\n\n### Added\n\n- Everything.\n"

FAULTS: Final = {
    "no section for what is to come": ("# Changelog\n" + RELEASED, "the first section is not [Unreleased]"),
    "a heading that is none": (HEAD + "\n## 0.1.0 - 2026-11-23\n", "## 0.1.0 - 2026-11-23 is no section"),
    "a version without a date": (HEAD + "\n## [0.1.0]\n", "0.1.0 has no date"),
    "a date of another form": (HEAD + "\n## [0.1.0] - 23.11.2026\n", "0.1.0 has no date"),
    "a version that is none": (HEAD + "\n## [soon] - 2026-11-23\n", "soon is no version"),
    "the oldest version first": (HEAD + RELEASED + RELEASED.replace("0.1.0", "0.10.0"), "the newest first"),
    "a version twice": (HEAD + RELEASED + RELEASED, "each there once"),
    "a kind of change that is none": (HEAD + "\n### Improved\n", "Unreleased: Improved is no kind of change"),
}


class Repository:
    """A repository of its own with the tool in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("tools/changelog.py", (ROOT / "tools" / "changelog.py").read_text(encoding="utf-8"))
        self.write("llmsim_adapters/__init__.py", '__version__ = "0.1.0"\n')
        self.write("CHANGELOG.md", HEAD)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(exist_ok=True)
        (self.folder / name).write_text(text, encoding="utf-8")

    def commit(self) -> None:
        if not (self.folder / ".git").exists():
            self.git("init", "--quiet")
        self.git("add", ".")
        self.git("-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "x")

    def git(self, *arguments: str) -> None:
        subprocess.run(("git", *arguments), cwd=self.folder, check=True, capture_output=True)

    def check(self, *arguments: str) -> list[str]:
        """Return what the tool complains about."""
        command = [sys.executable, str(self.folder / "tools" / "changelog.py"), *arguments]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False)
        assert done.returncode == bool(done.stderr), done.stderr
        return done.stderr.splitlines()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def test_of_this_project_is_in_form() -> None:
    command = [sys.executable, str(ROOT / "tools" / "changelog.py")]
    subprocess.run(command, check=True, timeout=60)


class TestForm:
    def test_of_a_good_one_has_no_faults(self, repository: Repository) -> None:
        repository.write("CHANGELOG.md", HEAD + "\n### Fixed\n\n- A figure.\n" + RELEASED)
        assert repository.check() == []

    @pytest.mark.parametrize("name", FAULTS)
    def test_finds(self, repository: Repository, name: str) -> None:
        text, complaint = FAULTS[name]
        repository.write("CHANGELOG.md", text)
        assert complaint in "\n".join(repository.check())


@needs_git
class TestSince:
    @pytest.mark.parametrize(
        "name", ["llmsim_adapters/model.py", "builders/b.py", "hf_config/a.json", "pyproject.toml"]
    )
    def test_finds_what_users_see_and_nobody_wrote_down(self, repository: Repository, name: str) -> None:
        repository.commit()
        repository.write(name, "")
        repository.commit()
        assert repository.check("--since", "HEAD~1") == [f"{name} changed, and CHANGELOG.md does not say how"]

    @pytest.mark.parametrize("name", ["tests/test_model.py", "docs/index.md", "README.md", "tools/tool.py"])
    def test_asks_nothing_of_what_users_do_not_get(self, repository: Repository, name: str) -> None:
        repository.commit()
        repository.write(name, "")
        repository.commit()
        assert repository.check("--since", "HEAD~1") == []

    @pytest.mark.parametrize("said", [HEAD + "\n### Added\n\n- A model.\n", HEAD + RELEASED], ids=["entry", "release"])
    def test_is_content_with(self, repository: Repository, said: str) -> None:
        repository.commit()
        repository.write("llmsim_adapters/model.py", "")
        repository.write("CHANGELOG.md", said)
        repository.commit()
        assert repository.check("--since", "HEAD~1") == []

    def test_a_commit_that_is_not_there_is_no_traceback(self, repository: Repository) -> None:
        repository.commit()
        (said,) = repository.check("--since", "nowhere")
        assert said.startswith("git can't compare with nowhere: ")


class TestRelease:
    def test_of_the_version_that_the_package_has(self, repository: Repository) -> None:
        repository.write("CHANGELOG.md", HEAD + RELEASED)
        assert repository.check("--release", "0.1.0") == []

    def test_of_another_version_is_refused(self, repository: Repository) -> None:
        repository.write("CHANGELOG.md", HEAD + RELEASED.replace("0.1.0", "0.2.0"))
        assert repository.check("--release", "0.2.0") == ["the package is 0.1.0, not 0.2.0"]

    @pytest.mark.parametrize("section", ["", "\n## [0.1.0] - 2026-11-23\n"], ids=["none", "an empty one"])
    def test_without_its_section_is_refused(self, repository: Repository, section: str) -> None:
        repository.write("CHANGELOG.md", HEAD + section)
        assert repository.check("--release", "0.1.0") == ["CHANGELOG.md has no section [0.1.0] with a date and entries"]

    def test_reads_the_version_where_the_package_has_it(self) -> None:
        assert f'__version__ = "{la.__version__}"' in (ROOT / "llmsim_adapters" / "__init__.py").read_text("utf-8")
