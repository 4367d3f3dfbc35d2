"""The lowerings of what stands before and after the blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import (
        AxialPositionEmbedding,
        Embedding,
        HashEmbedding,
        Head,
        InitialState,
        NextTokenInput,
        PositionEmbedding,
        Projection,
        RotaryFrequencies,
        Score,
        SelfConditioning,
    )


def lower_embedding(embedding: Embedding, site: Site) -> None:
    width = embedding.hidden_size
    if not embedding.of_target:
        site.table("weight", (embedding.vocab_size, width), "vocabulary")
    if embedding.spare:
        site.table("spare_weight", (embedding.vocab_size, width), "vocabulary")
    site.product("lookup", site.step.tokens, width, 0, site.step.tokens * width, kind="lookup")
    site.add_up("lookup", width)


def lower_hash_embedding(embedding: HashEmbedding, site: Site) -> None:
    rows, width = site.step.tokens * embedding.count, embedding.hidden_size
    site.table("weight", (embedding.rows, width), "vocabulary")
    site.product("lookup", rows, width, 0, rows * width, kind="lookup")
    site.add_up("lookup", width)


def lower_position_embedding(embedding: PositionEmbedding, site: Site) -> None:
    tokens, width = site.step.tokens, embedding.hidden_size
    site.table("weight", (embedding.positions, width), "replicated")
    if embedding.resampled:
        site.product("resampling", tokens, width, embedding.positions, embedding.positions * width)
        return
    site.product("lookup", tokens, width, 0, tokens * width, kind="lookup")


def lower_rotary_frequencies(frequencies: RotaryFrequencies, site: Site) -> None:
    """Elementwise: what is stored is all that it costs."""
    site.weight("weight", (frequencies.size,), "replicated")


def lower_axial_position_embedding(embedding: AxialPositionEmbedding, site: Site) -> None:
    tokens, axes = site.step.tokens, len(embedding.shape)
    for axis, (length, width) in enumerate(zip(embedding.shape, embedding.sizes, strict=True)):
        before, after = (1,) * axis, (1,) * (axes - axis - 1)
        site.weight(f"weight_{axis}", (*before, length, *after, width), "replicated")
        site.product(f"lookup_{axis}", tokens, width, 0, tokens * width, kind="lookup")


def lower_initial_state(state: InitialState, site: Site) -> None:
    site.weight("weight", (state.hidden_size,), "replicated")


def lower_projection(projection: Projection, site: Site) -> None:
    step, rows = site.step, site.step.tokens
    if projection.one_token:
        rows = step.batch_size
    elif projection.but_one:
        rows = rows - step.batch_size
    elif projection.patch_size:
        rows = step.batch_size * step.new_patches(projection.patch_size)
    site.linear("weight", projection.input_size, projection.output_size, "replicated", rows=rows, bias=projection.bias)


def lower_head(head: Head, site: Site) -> None:
    """Logits of every new token, or of the last one of each sequence."""
    step = site.step
    dtype = step.weight_dtype
    if head.weight_of == "itself":
        dtype = site.matrix("weight", (head.vocab_size, head.hidden_size), "vocabulary")
    if head.bias:
        site.weight("bias", (head.vocab_size,), "vocabulary")
    if head.spare_bias:
        site.weight("spare_bias", (head.vocab_size,), "vocabulary")
    if head.constant_bias:
        site.weight("constant_bias", (1, head.vocab_size), "vocabulary", "buffer")
    if step.canvas and not step.decode:
        return  # words that are taken in have no logits
    rows = step.tokens if step.all_logits or step.canvas else step.batch_size
    rows = rows * head.predictions
    site.bring_in("logits", head.hidden_size, rows)
    vocab = site.local(head.vocab_size, "vocabulary")
    site.product("logits", rows, vocab, head.hidden_size, vocab * head.hidden_size, dtype)
    site.gather("logits", rows, head.vocab_size)


def lower_self_conditioning(conditioning: SelfConditioning, site: Site) -> None:
    """The product of probabilities with the table, whose rows ranks share and whose sums they add up; the network."""
    hidden, vocab = conditioning.network.hidden_size, site.local(conditioning.vocab_size, "vocabulary")
    with site.run_if(site.step.decode):
        site.product("weighed", site.step.tokens, hidden, vocab, vocab * hidden)
        site.add_up("weighed", hidden)
        site.added_up()
        site.norm("pre_norm", Norm(hidden))
        site.lower(conditioning.network, "mlp", "mlp")
        site.norm("post_norm", Norm(hidden, gain=False))


def lower_score(score: Score, site: Site) -> None:
    """Scores of every new token, or of one of each sequence; they are not quantized in checkpoints."""
    step, width = site.step, score.hidden_size
    last = not (step.all_logits or score.each_token)
    rows = step.batch_size if score.one_token or last else step.tokens
    for layer in range(score.dense_layers):
        name = f"dense_{layer}" if layer else "dense"
        site.linear(name, width, width, "replicated", rows=rows, bias=score.bias, quantized=False)
    if score.labels:
        site.linear("weight", width, score.labels, "replicated", rows=rows, bias=score.bias, quantized=False)


def lower_next_token_input(module: NextTokenInput, site: Site) -> None:
    """Look-up of the next token, norms of both halves, and their projection, which alone is not quantized."""
    hidden, tokens = module.hidden_size, site.step.tokens
    if module.looks_up:
        site.product("lookup", tokens, hidden, 0, tokens * hidden, kind="lookup")
        site.add_up("lookup", hidden)
    site.norm("enorm", Norm(hidden, gate_rank=module.norm_gate_rank))
    streams = module.streams
    joined = Norm(streams * hidden) if module.joint else Norm(hidden, gate_rank=module.norm_gate_rank)
    site.norm("hnorm", joined, tokens if module.joint else tokens * streams)
    if streams == 1:
        site.linear("eh_proj", 2 * hidden, hidden, "replicated", quantized=False)
    else:
        site.linear("e_proj", hidden, hidden, "replicated")
        site.linear("h_proj", hidden, hidden, "replicated", rows=tokens * streams)
