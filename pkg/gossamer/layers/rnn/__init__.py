"""Recurrent layers: what runs over the times of a sequence."""

from typing import Any

from gossamer.layers.rnn.bidirectional import Bidirectional
from gossamer.layers.rnn.conv_lstm import ConvLSTM1D, ConvLSTM2D, ConvLSTM3D
from gossamer.layers.rnn.gru import GRU, GRUCell
from gossamer.layers.rnn.lstm import LSTM, LSTMCell
from gossamer.layers.rnn.rnn import RNN
from gossamer.layers.rnn.simple_rnn import SimpleRNN, SimpleRNNCell
from gossamer.layers.rnn.stacked_rnn_cells import StackedRNNCells
from gossamer.layers.rnn.time_distributed import TimeDistributed

MEMBERS: list[Any] = [
    Bidirectional, ConvLSTM1D, ConvLSTM2D, ConvLSTM3D, GRU, GRUCell, LSTM, LSTMCell, RNN, SimpleRNN,
    SimpleRNNCell, StackedRNNCells, TimeDistributed,
]  # fmt: skip
ALIASES: dict[str, Any] = {}
