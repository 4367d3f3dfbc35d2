"""What all documents have in common."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A document, or a part of one, without fields that its schema does not name."""

    model_config = ConfigDict(extra="forbid")


class Document(Strict):
    """What the command writes as one document."""

    schema_version: Literal[1]
