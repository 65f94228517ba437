"""Trains a small neural network with a choice of optimizers and dropout on the UCI optical digits.

A plain training script: it knows nothing of clew, which reads the progress that it prints.
"""

import argparse

import numpy as np
from sklearn.datasets import load_digits


def load():
    digits = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.target))
    x, y = digits.data[order] / 16.0, digits.target[order]
    # Few examples to learn from, so that the choice of hyperparameters shows.
    return x[:400], y[:400], x[1000:], y[1000:]


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class Sgd:
    def __init__(self, lr, momentum=0.0):
        self.lr, self.momentum, self.v = lr, momentum, {}

    def step(self, name, w, g):
        self.v[name] = self.momentum * self.v.get(name, 0.0) + g
        w -= self.lr * self.v[name]


class Adam:
    def __init__(self, lr):
        self.lr, self.m, self.v, self.t = lr, {}, {}, {}

    def step(self, name, w, g):
        t = self.t[name] = self.t.get(name, 0) + 1
        m = self.m[name] = 0.9 * self.m.get(name, 0.0) + 0.1 * g
        v = self.v[name] = 0.999 * self.v.get(name, 0.0) + 0.001 * g * g
        w -= self.lr * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)


class Network:
    def __init__(self, hidden, dropout, rng):
        self.rng, self.dropout = rng, dropout
        self.w = {
            "w1": rng.normal(0, np.sqrt(2 / 64), (64, hidden)),
            "b1": np.zeros(hidden),
            "w2": rng.normal(0, np.sqrt(2 / hidden), (hidden, 10)),
            "b2": np.zeros(10),
        }

    def forward(self, x, training=False):
        w = self.w
        self.x = x
        self.h = np.maximum(x @ w["w1"] + w["b1"], 0)
        if training and self.dropout:
            self.h *= (self.rng.random(self.h.shape) >= self.dropout) / (1 - self.dropout)
        return softmax(self.h @ w["w2"] + w["b2"])

    def backward(self, p, y):
        g = p.copy()
        g[np.arange(len(y)), y] -= 1
        g /= len(y)
        gh = g @ self.w["w2"].T * (self.h > 0)
        return {"w2": self.h.T @ g, "b2": g.sum(axis=0), "w1": self.x.T @ gh, "b1": gh.sum(axis=0)}


def scores(net, x, y):
    p = net.forward(x)
    return -np.log(p[np.arange(len(y)), y] + 1e-12).mean(), (p.argmax(axis=1) == y).mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--optimizer", choices=("sgd", "momentum", "adam"), default="sgd")
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=15)
    args = parser.parse_args()

    x, y, x_val, y_val = load()
    rng = np.random.default_rng(args.seed)
    net = Network(64, args.dropout, rng)
    momentum = 0.9 if args.optimizer == "momentum" else 0.0
    optimizer = Adam(args.lr) if args.optimizer == "adam" else Sgd(args.lr, momentum)
    for epoch in range(args.epochs):
        order = rng.permutation(len(y))
        for batch in np.array_split(order, 25):
            for name, g in net.backward(net.forward(x[batch], training=True), y[batch]).items():
                optimizer.step(name, net.w[name], g)
        loss, acc = scores(net, x, y)
        val_loss, val_acc = scores(net, x_val, y_val)
        print(
            f"epoch {epoch} loss: {loss:.5f} - acc: {acc:.4f}"
            f" - val_loss: {val_loss:.5f} - val_acc: {val_acc:.4f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
