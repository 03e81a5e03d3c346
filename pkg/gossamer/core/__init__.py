"""How a computation happens: the primitives, the one doorway `bind`, the tape."""
