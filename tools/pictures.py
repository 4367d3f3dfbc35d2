"""Draw the picture of the site's first page: caches of a few models over the length of a sequence.

    python tools/pictures.py

It is what the HTML report draws (`page/drawing.py`), with the lines' names beside them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import llmsim_adapters as la
from llmsim_adapters.page.drawing import chart, curve

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parent.parent
PICTURE: Final = ROOT / "docs" / "images" / "caches.svg"
MODELS: Final = {
    "Llama 3 8B": "meta-llama/Meta-Llama-3-8B",
    "Gemma 2 9B": "google/gemma-2-9b",
    "DeepSeek-V3": "deepseek-ai/DeepSeek-V3",
    "Mistral 7B": "mistralai/Mistral-7B-v0.1",
    "Nemotron 3 Nano": "nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B",
}
"""What a line is called, and whose it is."""

SCHEDULE: Final = la.Schedule(engine="checkpoint", dtype="bfloat16", kv_cache_dtype="bfloat16")
"""One format for all: Gemma 2's own is float32."""

_COLOURS: Final = ("#4e79a7", "#e8862b", "#59a14f", "#d64f52", "#9a6aa8")
_GREY: Final = "#808a94"  # as dark on white as it is light on black
_LEFT, _RIGHT, _ABOVE, _BELOW = 85, 165, 14, 56
_LINE: Final = 22


def picture() -> str:
    """Return the picture as SVG."""
    curves = [
        (at, name, curve(la.build(source, SCHEDULE, offline=True))) for at, (name, source) in enumerate(MODELS.items())
    ]
    drawn = chart(curves)
    assert drawn is not None
    width, height = drawn.width + _LEFT + _RIGHT, drawn.height + _ABOVE + _BELOW
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-_LEFT} {-_ABOVE} {width} {height}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="17" fill="{_GREY}">',
        "<title>Bytes of cache and state of one sequence over its length, for five models</title>",
    ]
    for tick in drawn.up:
        parts.append(f'<path d="M0 {tick.at}h{drawn.width}" stroke="{_GREY}" stroke-opacity=".3"/>')
        parts.append(f'<text x="-6" y="{tick.at + 6}" text-anchor="end">{tick.text}</text>')
    for tick in drawn.across:
        parts.append(f'<path d="M{tick.at} 0v{drawn.height}" stroke="{_GREY}" stroke-opacity=".3"/>')
        parts.append(f'<text x="{tick.at}" y="{drawn.height + 22}" text-anchor="middle">{tick.text}</text>')
    parts.append(f'<text x="{drawn.width // 2}" y="{drawn.height + 44}" text-anchor="middle">tokens</text>')
    for line in drawn.lines:
        parts.append(f'<path d="{line.path}" fill="none" stroke="{_COLOURS[line.at]}" stroke-width="2"/>')
    for at, y in _places([(line.at, int(line.path.rsplit(" ", 1)[1])) for line in drawn.lines]):
        name = list(MODELS)[at]
        parts.append(f'<text x="{drawn.width + 8}" y="{y + 6}" fill="{_COLOURS[at]}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _places(ends: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield where the names of lines stand: where the lines end, or below the name above."""
    free = -_LINE
    for at, y in sorted(ends, key=lambda end: end[1]):
        free = max(y, free + _LINE)
        yield at, free


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(picture(), encoding="utf-8")
