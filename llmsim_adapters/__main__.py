"""`python -m llmsim_adapters` is the command `llmsim-adapters`."""

from llmsim_adapters.cli.entry import run

run()
