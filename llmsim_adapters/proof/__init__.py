"""A checkpoint's own headers against a graph: which tensors are there, tensor by tensor."""
