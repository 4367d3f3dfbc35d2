"""What is wrong with a schedule."""

from __future__ import annotations

from llmsim_adapters.errors import AdapterError


class ScheduleError(AdapterError, ValueError):
    """A field of a schedule has a value that cannot be; the message names the field."""
