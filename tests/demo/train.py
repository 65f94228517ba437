"""Trains a small neural network on the UCI optical digits and prints its progress.

A plain training script: it knows nothing of clew.
"""

import argparse
import time

import numpy as np
from sklearn.datasets import load_digits


def relu(x):
    return np.maximum(x, 0)


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def load(seed):
    digits = load_digits()
    order = np.random.default_rng(seed).permutation(len(digits.target))
    x, y = digits.data[order] / 16.0, digits.target[order]
    cut = int(0.8 * len(y))
    return x[:cut], y[:cut], x[cut:], y[cut:]


class Network:
    def __init__(self, hidden, rng):
        self.w1 = rng.normal(0, np.sqrt(2 / 64), (64, hidden))
        self.b1 = np.zeros(hidden)
        self.w2 = rng.normal(0, np.sqrt(2 / hidden), (hidden, 10))
        self.b2 = np.zeros(10)

    def forward(self, x):
        self.x = x
        self.h = relu(x @ self.w1 + self.b1)
        return softmax(self.h @ self.w2 + self.b2)

    def step(self, p, y, lr):
        g = p.copy()
        g[np.arange(len(y)), y] -= 1
        g /= len(y)
        gh = g @ self.w2.T * (self.h > 0)
        self.w2 -= lr * self.h.T @ g
        self.b2 -= lr * g.sum(axis=0)
        self.w1 -= lr * self.x.T @ gh
        self.b1 -= lr * gh.sum(axis=0)


def scores(net, x, y):
    p = net.forward(x)
    loss = -np.log(p[np.arange(len(y)), y] + 1e-12).mean()
    return loss, (p.argmax(axis=1) == y).mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--hidden", type=int, default=48)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pause", type=float, default=0.0, help="seconds to wait after an epoch")
    parser.add_argument("--out", default="model.npz")
    args = parser.parse_args()

    x, y, x_val, y_val = load(args.seed)
    rng = np.random.default_rng(args.seed)
    net = Network(args.hidden, rng)
    for epoch in range(args.epochs):
        order = rng.permutation(len(y))
        for start in range(0, len(y), args.batch):
            batch = order[start : start + args.batch]
            net.step(net.forward(x[batch]), y[batch], args.lr)
        loss, acc = scores(net, x, y)
        val_loss, val_acc = scores(net, x_val, y_val)
        print(
            f"epoch {epoch} loss: {loss:.5f} - acc: {acc:.4f}"
            f" - val_loss: {val_loss:.5f} - val_acc: {val_acc:.4f}",
            flush=True,
        )
        time.sleep(args.pause)
    np.savez(args.out, w1=net.w1, b1=net.b1, w2=net.w2, b2=net.b2)


if __name__ == "__main__":
    main()
