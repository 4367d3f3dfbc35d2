"""The page itself: templates, and the rule that nothing in it is asked for, run or taken for markup.

A policy in the page names the one style sheet and the one script by their hashes and forbids all else, so that a
browser would refuse what slipped through. Every text goes through `printable`, then through Jinja's escaping.
"""

from __future__ import annotations

import base64
import hashlib
import os
from datetime import datetime, timezone
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters import __version__
from llmsim_adapters.errors import need
from llmsim_adapters.page.drawing import chart
from llmsim_adapters.page.view import FOLDED, models
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from llmsim_adapters.page.changes import Changes
    from llmsim_adapters.report import Report

LIMIT: Final = 500
"""Texts are cut at this many characters."""

SIZE: Final = 1 << 20
"""Bytes of a page at most, while there is something left to fold."""

JINJA: Final = ("jinja2", "html", "HTML reports")
"""What pages need, for `need`."""

_CAUSES: Final = 20
_EPOCH: Final = "SOURCE_DATE_EPOCH"


def render(report: Report, changes: Changes | None = None) -> str:
    """Return a report as one page of HTML, with what changed since an earlier one if that is given.

    Raises:
        MissingExtra: jinja2 is not installed.
    """
    need(*JINJA)
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_file),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_safe,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = _file("style.css"), _file("script.js")
    counts, causes = report.counts, report.causes
    said = {
        "title": report.heading,
        "version": __version__,
        "date": _now().strftime("%Y-%m-%d"),
        "report": report,
        "counts": counts,
        "bars": dict(zip(("fully", "partially", "not", "unknown"), counts[1:], strict=True)),
        "causes": causes[:_CAUSES],
        "more_causes": max(0, len(causes) - _CAUSES),
        "changes": changes,
        "style": style,
        "script": script,
        "policy": _policy(style, script),
    }
    template, page = environment.get_template("page.html"), ""
    for folded in FOLDED:
        listed = models(report, folded, causes[:_CAUSES])
        drawn = chart([(model.at, model.name, model.curve) for model in listed if model.curve])
        page = template.render(models=listed, chart=drawn, folded=folded, **said)
        if len(page.encode()) <= SIZE:
            break
    return page


def _policy(style: str, script: str) -> str:
    """Return the page's content security policy: this style sheet, this script, and nothing else at all."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; "
        "form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _safe(value: Any) -> Any:
    """Return what a template is about to write: every text but markup of our own as one harmless line."""
    return value if hasattr(value, "__html__") or isinstance(value, int) else printable(value, LIMIT)


def _file(name: str) -> str:
    return files("llmsim_adapters.page").joinpath("templates").joinpath(name).read_text(encoding="utf-8")


def _now() -> datetime:
    """Return the time of the report; `SOURCE_DATE_EPOCH` makes it the same page each time."""
    said = os.environ.get(_EPOCH, "")
    if said.isascii() and said.isdecimal() and len(said) < 12:
        return datetime.fromtimestamp(int(said), timezone.utc)
    return datetime.now(timezone.utc)
