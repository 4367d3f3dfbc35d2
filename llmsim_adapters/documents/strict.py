"""What all documents have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A document without fields that its schema does not name."""

    model_config = ConfigDict(extra="forbid")
