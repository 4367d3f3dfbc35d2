"""Facts of pictures and sound: what the encoders of tiny models run, weight by weight, and how many tokens come out."""
