"""ERNIE: BERT with a table of tasks where `use_task_id` says so. Source: transformers `ErnieConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.encoders import encoder, layer_norm_of, masked, tables
from llmsim_adapters.dialects.types import bert
from llmsim_adapters.spec.components import PositionEmbedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden = r.size("hidden_size")
    tasks: tuple[PositionEmbedding, ...] = ()
    if r.flag("use_task_id"):
        tasks = (PositionEmbedding(positions=r.size("task_type_vocab_size"), hidden_size=hidden),)
    else:
        r.no_effect(("task_type_vocab_size",), "use_task_id is false")
    return masked(r, encoder(r, inputs=(*tables(r), *tasks, layer_norm_of(hidden))))


DIALECT = bert.DIALECT.like("ernie", read=read, task_type_vocab_size=3, use_task_id=False)
