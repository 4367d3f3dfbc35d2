"""A plugin project, written whole: what `llmsim-adapters new` does."""

from llmsim_adapters.scaffold.project import ScaffoldError, create

__all__ = ["ScaffoldError", "create"]
