"""What `coverage` can do beside its tables: a page of HTML, and what changed since an earlier report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from llmsim_adapters.report import Report

F = TypeVar("F", bound="Callable[..., Any]")


class Page(NamedTuple):
    """Where a page of HTML is to go; None: there is to be none."""

    file: str | None = None

    def write(self, report: Report) -> None:
        """Write the page that is asked for.

        Raises:
            AdapterError: it can't be written.
        """
        if self.file is not None:
            from llmsim_adapters.cli.output import write_file
            from llmsim_adapters.page.render import render

            write_file(self.file, render(report))


def _page(context: click.Context, parameter: click.Parameter, file: str | None) -> Page:
    """Return the page that is asked for, once it is known that it can be made."""
    del context, parameter
    if file is not None:
        from llmsim_adapters.page.render import need_jinja

        need_jinja()
    return Page(file)


def page_options(command: F) -> F:
    """Add the options about HTML and an earlier report."""
    return click.option(
        "--html",
        "page",
        type=click.Path(dir_okay=False),
        metavar="FILE",
        callback=_page,
        help="Write a page of HTML, too, that asks for nothing.",
    )(command)
