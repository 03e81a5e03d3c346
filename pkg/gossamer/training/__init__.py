"""What `compile` and `fit` are made of, below the models that offer them."""
