"""A path given by a person: a file, or a folder that holds a `config.json`."""

from __future__ import annotations

import os
import stat
from typing import Any

from llmsim_adapters.sources.answer import NOTHING_KNOWN, Refusal, Sidecars
from llmsim_adapters.sources.reading import read_config, shown
from llmsim_adapters.sources.sidecars import in_folder
from llmsim_adapters.sources.source_id import check_repo_id
from llmsim_adapters.sources.without import PARAMS, instead, without_config


def read_path(path: str) -> tuple[dict[str, Any], str, Sidecars]:
    """Return the config at `path`, the file that it is in, and what is beside it, or raise `Refusal`.

    Beside a file of another name than `config.json` are those of other models, as likely as not.
    """
    try:
        file, found = path, _found(path)
        if found is not None and stat.S_ISDIR(found.st_mode):
            found = None
            file = os.path.join(path, "config.json")
            if not os.path.lexists(file):
                file = os.path.join(path, _instead(path))
        elif found is None and not os.path.lexists(path):
            raise Refusal("not_found", f"{shown(path)} doesn't exist")
        elif refusal := without_config([path], read_config):
            raise refusal
    except ValueError as error:  # a NUL; newer Pythons say that no such path exists
        raise Refusal("not_found", f"{shown(path)} is not a path") from error
    alone = os.path.basename(file) not in ("config.json", PARAMS)
    return read_config(file, found), file, NOTHING_KNOWN if alone else in_folder(os.path.dirname(file) or ".")


def _found(path: str) -> os.stat_result | None:
    """Return what the file system says of a path, if anything."""
    try:
        return os.stat(path)
    except OSError:
        return None


def _instead(folder: str) -> str:
    try:
        names = frozenset(os.listdir(folder))
    except OSError:
        names = frozenset()
    refusal = Refusal("not_found", _no_config_in(folder))
    return instead(names, refusal, lambda name: read_config(os.path.join(folder, name)))


def _no_config_in(path: str) -> str:
    message = f"the folder {shown(path)} has no config.json"
    try:
        return f"{message}; if the model of that name is meant, write huggingface.co/{check_repo_id(path)}"
    except Refusal:
        return message
