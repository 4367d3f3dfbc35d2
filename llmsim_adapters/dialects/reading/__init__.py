"""How a config is read: by a tracked reader, in the way of its type's dialect, so that every key is accounted for."""
