"""CodeGen: GPT-J with queries, keys and values in one tensor. Source: `CodeGenConfig`."""

from llmsim_adapters.dialects.types import gptj

DIALECT = gptj.DIALECT.like("codegen")
