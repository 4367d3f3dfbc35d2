"""Pages of which a part is generated: what stands between `<!-- name -->` and `<!-- end of name -->`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def filled(page: Path, parts: Mapping[str, str]) -> str:
    """Return a page with its generated parts anew, by their names."""
    text = page.read_text(encoding="utf-8")
    for name, part in parts.items():
        before, _, rest = text.partition(f"<!-- {name} -->\n")
        after = rest.partition(f"<!-- end of {name} -->")[2]
        text = f"{before}<!-- {name} -->\n{part}<!-- end of {name} -->{after}"
    return text
