"""What a census has done so far: a folder of parts beside the output, each whole, which a later run goes on from."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters import __version__
from llmsim_adapters.censuses.formats import join
from llmsim_adapters.censuses.item import CensusError
from llmsim_adapters.sources.whole_files import whole_file, write_whole
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_OF: Final = "census.json"


class Parts:
    """The parts of a census: of each block its rows, and beside them what the block was and its sums.

    A block is done once its sums are there, which are written last. What a block was is told by a digest, so that a
    source that has changed is looked at again where it has, and nowhere else.
    """

    def __init__(self, output: Path, format: str, settings: Mapping[str, Any], *, anew: bool = False) -> None:
        """`settings` are what rows depend on beside their configs; parts of others are no help.

        Raises:
            CensusError: the parts that are there are of another census, or the folder can't be made.
        """
        self.output, self.format = output, format
        self.folder = output.with_name(f"{output.name}.parts")
        said = {"version": __version__, "format": format, **settings}
        try:
            if anew and self.folder.exists():
                shutil.rmtree(self.folder)
            self.folder.mkdir(parents=True, exist_ok=True)
            if (before := self._read(_OF)) is None:
                self._write(_OF, said)
            elif before != json.loads(json.dumps(said)):
                differing = ", ".join(name for name in said if before.get(name) != json.loads(json.dumps(said[name])))
                message = (
                    f"{printable(self.folder)} has parts of a census with another {differing}; "
                    "finish that one, or begin anew"
                )
                raise CensusError(message)
        except OSError as error:
            message = f"{printable(self.folder)} can't be written: {error.strerror or error}"
            raise CensusError(message) from error

    def done(self, number: int, digest: str) -> dict[str, Any] | None:
        """Return the sums of a block that is done; None where it is not, or was another one."""
        found = self._read(_sums(number))
        if found is None or found.get("digest") != digest or not (self.folder / self._rows(number)).exists():
            return None
        sums: dict[str, Any] = found["sums"]
        return sums

    def put(self, number: int, digest: str, rows: bytes, sums: Mapping[str, Any]) -> None:
        """Keep what was made of a block."""
        try:
            write_whole(str(self.folder / self._rows(number)), rows)
            self._write(_sums(number), {"digest": digest, "sums": sums})
        except OSError as error:
            message = f"{printable(self.folder)} can't be written: {error.strerror or error}; run it again to go on"
            raise CensusError(message) from error

    def finish(self, count: int) -> None:
        """Write the output, of so many blocks, and drop the parts."""
        try:
            with whole_file(str(self.output)) as file:
                join([self.folder / self._rows(number) for number in range(count)], self.format, file)
        except OSError as error:
            message = f"{printable(self.output)} can't be written: {error.strerror or error}; run it again to go on"
            raise CensusError(message) from error
        shutil.rmtree(self.folder, ignore_errors=True)

    def _rows(self, number: int) -> str:
        return f"{number:08}.{self.format}"

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = json.loads((self.folder / name).read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        return found

    def _write(self, name: str, data: Mapping[str, Any]) -> None:
        write_whole(str(self.folder / name), json.dumps(data).encode())


def _sums(number: int) -> str:
    return f"{number:08}.json"
