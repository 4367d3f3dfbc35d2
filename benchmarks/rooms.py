"""Where the time of a path to totals goes, by room of the package: `python -m benchmarks.rooms`.

Shares are of the time that functions of a room take themselves, with what they call of Python's own library among it,
by the profiler of that; times are the best turn without a profiler, in processor time of this process.
"""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Final

from benchmarks.peers import MODELS, files, ours

TURNS: Final = 40
CALLS: Final = 10
SHOWN: Final = ("sources", "dialects", "spec", "plugins", "evaluation", "engines", "lowerings", "graph", "recording")
_PACKAGE: Final = "llmsim_adapters/"


def best(paths: list[str]) -> float:
    """Return the seconds of a call in the best turn."""
    times = []
    for turn in range(TURNS):
        start = process_time()
        for path in paths[turn * CALLS : (turn + 1) * CALLS]:
            ours(path)
        times.append((process_time() - start) / CALLS)
    return min(times)


def shares(paths: list[str]) -> dict[str, float]:
    """Return the part of the time that each room takes; what is no room's is its callers'."""
    profile = cProfile.Profile(process_time)  # others use the machine, too
    profile.enable()
    for path in paths:
        ours(path)
    profile.disable()
    rooms: Counter[str] = Counter()
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]  # which stubs leave out
    for place, (_, _, own, _, callers) in stats.items():
        room = _room(place[0])
        if room is not None:
            rooms[room] += own
            continue
        for caller, (_, _, part, _) in callers.items():
            rooms[_room(caller[0]) or "other"] += part
    total = sum(rooms.values())
    return {room: seconds / total for room, seconds in rooms.items()}


def _room(file: str) -> str | None:
    if _PACKAGE not in file:
        return None
    return file.rpartition(_PACKAGE)[2].partition("/")[0].removesuffix(".py")


def main() -> None:
    """Print a table in Markdown, in microseconds."""
    print(f"| µs | all | {' | '.join(SHOWN)} | rest |\n|---{'|---' * (len(SHOWN) + 2)}|")
    for model in MODELS:
        with TemporaryDirectory() as folder:
            source = files(Path(folder), model)
            for path in islice(source, CALLS):
                ours(path)
            time = best(list(islice(source, TURNS * CALLS))) * 1e6
            parts = shares(list(islice(source, 200)))
        cells = [f"{time * parts.pop(room, 0):,.0f}" for room in SHOWN]
        print(f"| {model} | {time:,.0f} | {' | '.join(cells)} | {time * sum(parts.values()):,.0f} |")


if __name__ == "__main__":
    main()
