"""`python -m llmsim_adapters` is the command `llmsim-adapters`."""

from llmsim_adapters.cli.main import main

main(prog_name="llmsim-adapters")
