"""How models are trained: data, losses and metrics of a model, the loops of `fit` and the rest."""
