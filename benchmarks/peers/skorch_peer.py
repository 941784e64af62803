"""skorch.NeuralNetClassifier around torch.nn.GRU.

PyTorch clips the norm of all gradients together, Keras each gradient's: the candidates
are the same in number and cost, not bit for bit. ``weight_decay`` is the gradient of
the penalty, hence twice its factor, and acts on biases too.
"""

import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import GradientNormClipping
from tasks import grid_search, load, search, serve_classifier
from torch_module import GRUNetwork

NAMES = {
    "learning_rate": "lr",
    "clipnorm": "callbacks__clip__gradient_clip_value",
    "l2": "optimizer__weight_decay",
    "dropout": "module__dropout",
}


def make(config, seed, **module):
    torch.manual_seed(seed)  # skorch has no random_state
    return NeuralNetClassifier(
        GRUNetwork,
        criterion=torch.nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        max_epochs=config["epochs"],
        batch_size=config["batch_size"],
        lr=config["learning_rate"],
        iterator_train__shuffle=True,
        train_split=None,
        callbacks=[("clip", GradientNormClipping(None))],
        verbose=0,
        module__units=config["units"],
        **{f"module__{name}": value for name, value in module.items()},
    )


def search_on(data, config, grid, folds, seed):
    X, y, _, _ = load(data)
    part_grids = [
        {NAMES[k]: [2 * v for v in vs] if k == "l2" else vs for k, vs in part.items()}
        for part in grid
    ]
    network = make(config, seed, n_features=X.shape[2], n_classes=len(set(y.tolist())))
    return search(lambda: grid_search(network, part_grids, folds), data)


if __name__ == "__main__":
    serve_classifier(make, search=search_on)
