"""The network that PyTorch users write, for the skorch peer and the raw torch peer."""

import torch


class GRUNetwork(torch.nn.Module):
    """One GRU layer, dropout, and a linear head on the last state."""

    def __init__(self, n_features, n_classes, units, dropout=0.0):
        super().__init__()
        self.gru = torch.nn.GRU(n_features, units, batch_first=True)
        self.dropout = torch.nn.Dropout(dropout)
        self.head = torch.nn.Linear(units, n_classes)

    def forward(self, X):
        return self.head(self.dropout(self.gru(X)[0][:, -1]))
