"""How pictures and sound become what an encoder runs on, and how many tokens they become: a rule for each family.

Rules are plain arithmetic on the sizes that a client sends, as the processors of transformers do it; each names the
processor and the keys that it restates.
"""
