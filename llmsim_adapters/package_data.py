"""Files of data that come with the package, read without `importlib.resources`, which takes long to import."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any


def package_text(package: str, name: str) -> str:
    """Return the text of a file beside a package's modules, from wherever these were loaded."""
    import_module(package)
    module: Any = sys.modules[package]
    data: bytes = module.__loader__.get_data(os.path.join(os.path.dirname(module.__file__), name))
    return data.decode("utf-8")
