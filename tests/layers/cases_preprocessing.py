"""Cases of the preprocessing layers that compute with tensors: those that Keras has everywhere."""

from tests.layers.case import Ints, LayerCase, Make

TOKENS = Ints((4, 3), 5)

CASES = [
    LayerCase("Rescaling", {"scale": 0.5}, (2, 3, 4)),
    LayerCase("Rescaling", {"scale": 2, "offset": -1.5}, Ints((2, 3), 9)),
    LayerCase("Rescaling", {"scale": [1.0, 2.0, 3.0], "offset": [0.1, 0.2, 0.3]}, (2, 4, 4, 3)),
    LayerCase("Rescaling", {"scale": 0.5, "dtype": "float16"}, (2, 3), gradients=False, rtol=2e-3),
    *(
        LayerCase("CategoryEncoding", {"num_tokens": 5, "output_mode": mode}, inputs, note=note)
        for mode in ("one_hot", "multi_hot", "count")
        for note, inputs in (("2d", TOKENS), ("last-1", Ints((4, 1), 5)), ("1d", Ints((4,), 5)))
    ),
    LayerCase("CategoryEncoding", {"num_tokens": 5, "output_mode": "count"}, TOKENS,
              {"count_weights": (4, 3)}, note="weights", gradients=False),
    LayerCase("CategoryEncoding", {"num_tokens": 6, "output_mode": "binary"}, Ints((2, 3, 4), 6)),
    LayerCase("Normalization", {"mean": 3.0, "variance": 4.0}),
    LayerCase("Normalization", {"mean": [1.0, 2.0, 3.0], "variance": [4.0, 1.0, 0.5]}, (4, 3)),
    LayerCase("Normalization", {"mean": 3.0, "variance": 4.0, "axis": None, "invert": True}),
    LayerCase("Normalization", {"axis": (1, 2), "mean": [1.0, 2.0, 3.0],
                                "variance": [4.0, 1.0, 0.5]}, (2, 4, 3)),
    LayerCase("Normalization", {"axis": [-1, 1], "mean": [[1.0, 2.0]] * 3,
                                "variance": [[4.0, 9.0]] * 3}, (2, 3, 4, 2)),
    LayerCase("Normalization", {"mean": 0.0, "variance": 0.0}, note="no variance"),
    *(
        LayerCase("Discretization", {"bin_boundaries": [-0.5, 0.0, 1.0], "output_mode": mode},
                  (4, 5), gradients=False)
        for mode in ("int", "one_hot", "multi_hot", "count")
    ),
    LayerCase("Discretization", {"bin_boundaries": [0.0, 0.5], "output_mode": "one_hot"}, (4, 1)),
    LayerCase("Discretization", {"bin_boundaries": [0.0]}, (2, 3, 4), gradients=False),
    *(
        LayerCase("STFTSpectrogram", {"mode": mode, "frame_length": 16, "frame_step": 6},
                  (2, 50, 2), rtol=1e-4, atol=2e-5)
        for mode in ("magnitude", "psd", "real", "imag", "stft")
    ),
    # The logarithm and the angle are steep where there is little power.
    LayerCase("STFTSpectrogram", {"mode": "log", "frame_length": 16}, (2, 50, 2), rtol=1e-3,
              atol=1e-3, gradients=False),
    LayerCase("STFTSpectrogram", {"mode": "angle", "frame_length": 16}, (1, 20, 1), gradients=False,
              random=True),
    LayerCase("STFTSpectrogram", {"mode": "magnitude", "frame_length": 10, "fft_length": 32,
                                  "window": "hamming", "periodic": True, "padding": "same",
                                  "scaling": "spectrum"}, (2, 33, 1), rtol=1e-4),
    LayerCase("STFTSpectrogram", {"mode": "stft", "frame_length": 8, "expand_dims": True,
                                  "scaling": None, "trainable": False}, (2, 30, 3), rtol=1e-4),
    LayerCase("STFTSpectrogram", {"mode": "psd", "frame_length": 8, "expand_dims": True,
                                  "window": None, "dtype": "float32"}, (2, 30, 3), rtol=1e-4),
    LayerCase("MelSpectrogram", {"fft_length": 64, "sequence_stride": 16, "sampling_rate": 800,
                                 "num_mel_bins": 8},
              (2, 160), rtol=1e-3, atol=1e-4, gradients=False),
    LayerCase("MelSpectrogram", {"fft_length": 64, "sequence_stride": 16, "sequence_length": 32,
                                 "sampling_rate": 800, "num_mel_bins": 8, "power_to_db": False},
              (2, 160), rtol=1e-4, gradients=False),
    LayerCase("MelSpectrogram", {"fft_length": 64, "sequence_stride": 20, "sampling_rate": 800,
                                 "num_mel_bins": 6, "mag_exp": 1.0, "window": "hamming",
                                 "max_freq": 300.0, "ref_power": 2.0, "top_db": 30.0},
              (2, 160), rtol=1e-3, atol=1e-4, gradients=False),
    LayerCase("Pipeline", {"layers": Make(lambda k: [k.layers.Rescaling(0.5),
                                                     k.layers.Rescaling(1.0, 1.0, name="add")],
                                          "two")}, (2, 3)),
]  # fmt: skip
