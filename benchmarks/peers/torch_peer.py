"""Raw PyTorch: torch.nn.GRU in a plain training loop."""

import torch
from tasks import serve_classifier
from torch_module import GRUNetwork


class Classifier:
    """A network that is made at the first fit and trained further by the next."""

    def __init__(self, config, seed):
        self.units, self.epochs = config["units"], config["epochs"]
        self.batch_size, self.seed = config["batch_size"], seed
        self.learning_rate = config["learning_rate"]
        self.network = None

    def fit(self, X, y):
        X, y = torch.from_numpy(X), torch.from_numpy(y)
        if self.network is None:
            torch.manual_seed(self.seed)
            self.network = GRUNetwork(X.shape[2], int(y.max()) + 1, self.units)
            self.optimizer = torch.optim.Adam(
                self.network.parameters(), lr=self.learning_rate
            )
        self.network.train()
        for _ in range(self.epochs):
            for rows in torch.randperm(len(X)).split(self.batch_size):
                loss = torch.nn.functional.cross_entropy(self.network(X[rows]), y[rows])
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
        return self

    @torch.no_grad()
    def predict(self, X):
        self.network.eval()
        batches = torch.from_numpy(X).split(256)
        return torch.cat([self.network(batch).argmax(1) for batch in batches]).numpy()


if __name__ == "__main__":
    serve_classifier(Classifier)
