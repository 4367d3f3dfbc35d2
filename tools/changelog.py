"""Whether CHANGELOG.md says what changed.

python tools/changelog.py                   it is in Keep-a-Changelog form
python tools/changelog.py --since COMMIT    and a change that users can see has an entry
python tools/changelog.py --release 1.2.0   and that version has its section, its date, and is the package's
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
VISIBLE: Final = ("llmsim_adapters/", "builders/", "hf_config/", "pyproject.toml")
"""What users get a change of; tests, tools and docs are not."""

_SECTION: Final = re.compile(r"^## \[(?P<name>[^]]+)\](?: - (?P<date>\S+))?$", re.MULTILINE)
_KINDS: Final = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def sections(text: str) -> dict[str, tuple[str | None, str]]:
    """Return each version's date and text, in the order of the file."""
    found = list(_SECTION.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    return {
        match["name"]: (match["date"], text[match.end() : end].strip()) for match, end in zip(found, ends, strict=True)
    }


def faults(text: str) -> list[str]:
    """Return what is not in Keep-a-Changelog form."""
    wrong = [f"{line} is no section" for line in re.findall(r"^## .*$", text, re.MULTILINE) if not _SECTION.match(line)]
    names = [match["name"] for match in _SECTION.finditer(text)]
    versions = [tuple(map(int, re.findall(r"\d+", name))) for name in names if name != "Unreleased"]
    if names[:1] != ["Unreleased"]:
        wrong.append("the first section is not [Unreleased]")
    if versions != sorted(set(versions), reverse=True):
        wrong.append("the versions are not each there once, the newest first")
    for name, (date, body) in sections(text).items():
        if name != "Unreleased" and not re.fullmatch(r"\d+\.\d+\.\d+", name):
            wrong.append(f"{name} is no version")
        if name != "Unreleased" and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date or ""):
            wrong.append(f"{name} has no date")
        wrong += [
            f"{name}: {kind} is no kind of change"
            for kind in re.findall(r"^### (.+)$", body, re.MULTILINE)
            if kind not in _KINDS
        ]
    return wrong


def unsaid(since: str, text: str) -> list[str]:
    """Return the visible files that changed since a commit, where Unreleased says no more than it did then."""
    changed = _git("diff", "--name-only", f"{since}...HEAD").splitlines()
    visible = [name for name in changed if name.startswith(VISIBLE)]
    before, now = sections(_git("show", f"{since}:CHANGELOG.md")), sections(text)
    released = now.keys() - before.keys()
    return visible if now.get("Unreleased") == before.get("Unreleased") and not released else []


def unreleased(version: str, text: str) -> list[str]:
    """Return why a version can't be released."""
    package = (ROOT / "llmsim_adapters" / "__init__.py").read_text(encoding="utf-8")
    said = re.search(r'^__version__ = "([^"]+)"$', package, re.MULTILINE)
    wrong = []
    if said is None or said[1] != version:
        wrong.append(f"the package is {said[1] if said else 'without a version'}, not {version}")
    date, body = sections(text).get(version, (None, ""))
    if not date or not body:
        wrong.append(f"CHANGELOG.md has no section [{version}] with a date and entries")
    return wrong


def _git(*arguments: str) -> str:
    return subprocess.run(("git", *arguments), cwd=ROOT, check=True, capture_output=True, text=True).stdout


def main(arguments: list[str] | None = None) -> int:
    """Return 0 where the changelog says what it should, else 1 and what it doesn't."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--since", metavar="COMMIT")
    parser.add_argument("--release", metavar="VERSION")
    options = parser.parse_args(arguments)
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    wrong = faults(text)
    if options.since:
        try:
            wrong += [f"{name} changed, and CHANGELOG.md does not say how" for name in unsaid(options.since, text)]
        except subprocess.CalledProcessError as error:
            wrong.append(f"git can't compare with {options.since}: {error.stderr.splitlines()[0]}")
    if options.release:
        wrong += unreleased(options.release, text)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
