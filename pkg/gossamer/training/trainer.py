"""Training (being written)."""


class Trainer:
    optimizer = None

    def __init__(self):
        pass
