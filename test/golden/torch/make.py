"""Golden values of losses, optimisers, schedules, layers, poolings and whole classifiers: writes the *.json beside
this file. See README.md for the versions and the format.

    pip install torch numpy && python make.py
"""

import base64
import itertools
import json
import math
import pathlib
import warnings

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

HERE = pathlib.Path(__file__).parent
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def tensor(t, dtype):
    a = np.ascontiguousarray(torch.as_tensor(t).detach().numpy().astype(np.dtype(dtype).newbyteorder("<")))
    return {"shape": list(a.shape), "dtype": dtype, "data": base64.b64encode(a.tobytes()).decode()}


def save(name, body):
    made_with = {"torch": torch.__version__, "numpy": np.__version__}
    text = json.dumps({"format": f"unroll-golden-{name}", "version": 1, "made_with": made_with, **body}, indent=1)
    (HERE / f"{name}.json").write_text(text + "\n")
    print(f"{name}.json {len(text) // 1024} KiB")


def randn(g, *shape, scale=1.0):
    """Normal numbers that float32 holds exactly, as float64."""
    return (torch.randn(*shape, generator=g, dtype=torch.float64) * scale).to(torch.float32).to(torch.float64)


def generator(seed):
    return torch.Generator().manual_seed(seed)


# ---------------------------------------------------------------- losses


def make_losses():
    cases = []
    sizes = [(1, 2), (5, 4), (24, 5), (7, 20)]
    for n, ((B, C), smoothing, weighted) in enumerate(itertools.product(sizes, [0.0, 0.1, 0.5], [False, True])):
        g = generator(100 + n)
        logits = randn(g, B, C, scale=3.0)
        labels = torch.randint(C, (B,), generator=g)
        weights = (torch.rand(C, generator=g, dtype=torch.float64) + 0.2) if weighted else None
        case = {"loss": "cross_entropy", "options": {"label_smoothing": smoothing}}
        case["weights"] = weights.tolist() if weighted else None
        run_loss(case, logits, labels, lambda z, dtype: nn.functional.cross_entropy(
            z, labels, weight=None if weights is None else weights.to(dtype), label_smoothing=smoothing))
        cases.append(case)
    g = generator(150)
    logits = randn(g, 6, 5, scale=300.0)  # exponents that would overflow without subtracting the largest
    labels = torch.randint(5, (6,), generator=g)
    case = {"loss": "cross_entropy", "options": {"label_smoothing": 0.0}, "weights": None}
    run_loss(case, logits, labels, lambda z, dtype: nn.functional.cross_entropy(z, labels))
    cases.append(case)
    for n, ((B, C), weighted) in enumerate(itertools.product(sizes, [False, True])):
        g = generator(200 + n)
        logits = randn(g, B, C)
        labels = torch.randint(C, (B,), generator=g)
        weights = (torch.rand(C, generator=g, dtype=torch.float64) + 0.2) if weighted else None

        def mse(z, dtype):
            target = nn.functional.one_hot(labels, C).to(dtype)
            if weights is None:
                return nn.functional.mse_loss(z, target)
            row = weights.to(dtype)[labels]
            return (row[:, None] * (z - target) ** 2).sum() / (C * row.sum())

        case = {"loss": "mse", "options": {}, "weights": weights.tolist() if weighted else None}
        run_loss(case, logits, labels, mse)
        cases.append(case)
    save("losses", {"cases": cases})


def run_loss(case, logits, labels, function):
    case["logits"] = tensor(logits, "float32")
    case["labels"] = tensor(labels, "int32")
    case["probabilities"] = tensor(torch.softmax(logits, 1), "float64")
    for name, dtype in [("float64", torch.float64), ("float32", torch.float32)]:
        z = logits.to(dtype).clone().requires_grad_()
        loss = function(z, dtype)
        loss.backward()
        case[name] = {"loss": loss.item(), "gradient": tensor(z.grad, name)}


def make_imbalance():
    """Logit adjustment and focal loss by autograd, as their papers define them."""
    cases = []
    sizes = [(5, 4), (24, 5), (7, 20)]
    kinds = [("cross_entropy", {"label_smoothing": 0.1, "logit_adjustment": 1.5})]
    kinds += [("focal", {"focal_gamma": gamma, "logit_adjustment": tau}) for gamma, tau in [(0.0, 0.0), (0.5, 0.0), (2.0, 0.0), (3.5, 1.0)]]
    for n, ((B, C), (loss, options), weighted) in enumerate(itertools.product(sizes, kinds, [False, True])):
        g = generator(300 + n)
        logits = randn(g, B, C, scale=3.0)
        labels = torch.randint(C, (B,), generator=g)
        weights = (torch.rand(C, generator=g, dtype=torch.float64) + 0.2) if weighted else None
        priors = torch.rand(C, generator=g, dtype=torch.float64) + 0.05
        priors /= priors.sum()

        def function(z, dtype):
            z = z.double() + options["logit_adjustment"] * priors.log()
            if loss == "cross_entropy":
                return nn.functional.cross_entropy(z, labels, weight=weights, label_smoothing=options["label_smoothing"])
            log_p = torch.log_softmax(z, 1)[torch.arange(B), labels]
            row = torch.ones(B, dtype=torch.float64) if weights is None else weights[labels]
            return -(row * (1 - log_p.exp()) ** options["focal_gamma"] * log_p).sum() / row.sum()

        case = {"loss": loss, "options": options, "weights": weights.tolist() if weighted else None, "priors": priors.tolist()}
        run_loss(case, logits, labels, function)
        if loss == "focal":
            case["probabilities"] = tensor(focal_probabilities(logits.numpy(), options["focal_gamma"]), "float64")
        cases.append(case)
    save("imbalance", {"cases": cases})


def focal_probabilities(logits, gamma):
    """Theorem 11 of Charoenphakdee et al. 2021, in extended precision."""
    z = logits.astype(np.longdouble)
    v = np.exp(z - z.max(1, keepdims=True))
    v /= v.sum(1, keepdims=True)
    u = np.stack([np.delete(v, c, 1).sum(1) for c in range(v.shape[1])], 1)  # 1 - v
    h = v / (u**gamma - gamma * u ** (gamma - 1) * v * np.log(v))
    return torch.from_numpy((h / h.sum(1, keepdims=True)).astype(np.float64))


# ---------------------------------------------------------------- optimisers and clipping

OPTIMIZERS = [
    ("sgd", {}, 0.1),
    ("sgd", {"weight_decay": 0.05}, 0.1),
    ("sgd", {"momentum": 0.9}, 0.05),
    ("sgd", {"momentum": 0.9, "dampening": 0.3}, 0.05),
    ("sgd", {"momentum": 0.8, "nesterov": True}, 0.05),
    ("sgd", {"momentum": 0.8, "nesterov": True, "weight_decay": 0.1}, 0.05),
    ("sgd", {"momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1}, 0.05),
    ("adam", {}, 0.01),
    ("adam", {"betas": [0.8, 0.95]}, 0.01),
    ("adam", {"betas": [0.0, 0.9], "eps": 1e-3}, 0.01),
    ("adam", {"weight_decay": 0.1}, 0.01),
    ("adamw", {}, 0.01),
    ("adamw", {"weight_decay": 0.0}, 0.01),
    ("adamw", {"weight_decay": 0.3, "betas": [0.85, 0.99], "eps": 1e-6}, 0.02),
]
CLASSES = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}


def make_optim():
    steps, words = 12, 24
    cases = []
    for n, (kind, options, lr) in enumerate(OPTIMIZERS):
        for max_norm in [None, 2.0]:
            g = generator(300 + n)
            start = randn(g, words)
            gradients = randn(g, steps, words) * (torch.rand(steps, 1, generator=g, dtype=torch.float64) > 0.3).double()
            gradients[:, -1] = 0  # a parameter that never gets a gradient
            lrs = [lr * (0.5 if t >= 6 else 1.0) for t in range(steps)]
            case = {"optimizer": kind, "options": options, "max_norm": max_norm, "lrs": lrs}
            case["start"] = tensor(start, "float32")
            case["gradients"] = tensor(gradients, "float32")
            for name, dtype in [("float64", torch.float64), ("float32", torch.float32)]:
                p = nn.Parameter(start.to(dtype).clone())
                optimizer = CLASSES[kind]([p], lr=lr, foreach=False, **options)
                path, norms = [], []
                for t in range(steps):
                    optimizer.param_groups[0]["lr"] = lrs[t]
                    p.grad = gradients[t].to(dtype).clone()
                    if max_norm is not None:
                        norms.append(nn.utils.clip_grad_norm_([p], max_norm).item())
                    optimizer.step()
                    path.append(p.detach().clone())
                state = {k: tensor(v, name) for k, v in optimizer.state[p].items()
                         if k in ("exp_avg", "exp_avg_sq", "momentum_buffer") and v is not None}
                case[name] = {"path": tensor(torch.stack(path), name), "state": state, "norms": norms}
            cases.append(case)
    save("optim", {"cases": cases})


def make_clip():
    cases = []
    for n, (scale, max_norm) in enumerate([(1.0, 1.0), (1.0, 100.0), (1e-4, 1e-3), (1e3, 5.0), (0.0, 1.0)]):
        g = generator(400 + n)
        tensors = [randn(g, 12, scale=scale), randn(g, 28, scale=scale)]
        parameters = [nn.Parameter(torch.zeros_like(t)) for t in tensors]
        for p, t in zip(parameters, tensors):
            p.grad = t.clone()
        norm = nn.utils.clip_grad_norm_(parameters, max_norm).item()
        cases.append({
            "max_norm": max_norm, "norm": norm, "gradients": tensor(torch.cat(tensors), "float32"),
            "clipped": tensor(torch.cat([p.grad for p in parameters]), "float64"),
        })
    return cases


# ---------------------------------------------------------------- averages of weights


def make_averages():
    steps, words = 12, 6
    cases = []
    for n, (kind, decay, first) in enumerate([("ema", 0.9, 0), ("ema", 0.99, 3), ("ema", 0.0, 0), ("swa", None, 0), ("swa", None, 9)]):
        g = generator(450 + n)
        path = randn(g, steps, words)
        module = nn.Module()
        module.weight = nn.Parameter(torch.zeros(words, dtype=torch.float64))
        multi_avg = None if decay is None else torch.optim.swa_utils.get_ema_multi_avg_fn(decay)
        averaged = torch.optim.swa_utils.AveragedModel(module, multi_avg_fn=multi_avg)
        results = []
        for t in range(steps):
            with torch.no_grad():
                module.weight.copy_(path[t])
            if t >= first:
                averaged.update_parameters(module)
                results.append(averaged.module.weight.detach().clone())
        cases.append({"average": kind, "decay": decay, "first": first, "steps": steps, "path": tensor(path, "float64"),
                      "averages": tensor(torch.stack(results), "float64")})
    save("averages", {"cases": cases})


# ---------------------------------------------------------------- schedules


def metrics_of(kind, epochs):
    """Scripted metrics: falling, stuck, noisy, rising; as a loss (min) or a score (max)."""
    g = np.random.default_rng(7)
    loss = []
    for e in range(epochs):
        level = 2.0 * 0.9 ** min(e, 15) * (1 + 0.01 * max(0, e - 15)) if e < 35 else 0.25 * 0.97 ** (e - 35)
        loss.append(float(np.round(level * (1 + 0.02 * g.standard_normal()), 6)))
    loss[20] = float("nan")
    return loss if kind == "min" else [1 - x / 2 for x in loss]


PLATEAUS = [
    {},
    {"factor": 0.5, "patience": 2},
    {"factor": 0.3, "patience": 0},
    {"factor": 0.5, "patience": 1, "cooldown": 3},
    {"factor": 0.5, "patience": 1, "threshold": 0.05},
    {"factor": 0.5, "patience": 1, "threshold": 0.05, "threshold_mode": "abs"},
    {"factor": 0.1, "patience": 1, "min_lr": 0.0007},
    {"factor": 0.1, "patience": 0, "eps": 1e-5},
]
COSINES = [(60, 0, 0.0), (60, 6, 0.0), (75, 10, 0.001), (61, 1, 0.0005), (60, 59, 0.0), (200, 20, 0.0)]
ONE_CYCLES = [
    (80, {}),
    (61, {"pct_start": 0.5}),
    (100, {"pct_start": 0.1, "div_factor": 10.0, "final_div_factor": 100.0}),
    (64, {"anneal_strategy": "linear"}),
    (77, {"anneal_strategy": "linear", "pct_start": 0.25}),
    (60, {"pct_start": 0.0}),
    (60, {"pct_start": 1.0}),
    (3, {}),
]


def optimizer_for(lr):
    return torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=lr)


def record(optimizer, scheduler, steps):
    lrs = []
    for t in range(steps):
        lrs.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if t < steps - 1:
            scheduler.step()
    return lrs


def make_schedules():
    cases = []
    for mode in ["min", "max"]:
        for options in PLATEAUS:
            optimizer = optimizer_for(0.1)
            scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode=mode, **options)
            metrics = metrics_of(mode, 70)
            lrs = []
            for metric in metrics:
                lrs.append(optimizer.param_groups[0]["lr"])
                optimizer.step()
                scheduler.step(metric)
            full = {"factor": 0.1, "patience": 10, **options}  # PyTorch's own defaults
            cases.append({"schedule": "plateau", "options": full, "mode": mode, "lr": 0.1, "steps": 70,
                          "metrics": [None if np.isnan(m) else m for m in metrics], "lrs": lrs})
    for T, W, low in COSINES:
        optimizer = optimizer_for(0.02)
        cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=T - W, eta_min=low)
        scheduler = cosine
        if W > 0:
            optimizer = optimizer_for(0.02)
            warm = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=1 / (W + 1), total_iters=W)
            cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=T - W, eta_min=low)
            scheduler = torch.optim.lr_scheduler.SequentialLR(optimizer, [warm, cosine], milestones=[W])
        cases.append({"schedule": "cosine", "options": {"warmup_steps": W, "min_lr": low}, "lr": 0.02, "steps": T,
                      "lrs": record(optimizer, scheduler, T)})
    for T, options in ONE_CYCLES:
        optimizer = optimizer_for(0.5)  # overwritten: the cycle starts at max_lr / div_factor
        scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.03, total_steps=T, cycle_momentum=False, **options)
        ours = {("anneal" if k == "anneal_strategy" else k): v for k, v in options.items()}
        cases.append({"schedule": "one_cycle", "options": ours, "lr": 0.03, "steps": T,
                      "lrs": record(optimizer, scheduler, T)})
    save("schedules", {"cases": cases, "clip": make_clip()})


# ---------------------------------------------------------------- layers

RNNS = {
    "rnn_tanh": lambda *a, **k: nn.RNN(*a, nonlinearity="tanh", **k),
    "rnn_relu": lambda *a, **k: nn.RNN(*a, nonlinearity="relu", **k),
    "lstm": nn.LSTM,
    "gru": nn.GRU,
}


def sizes_of(lengths):
    return [sum(1 for n in lengths if n > t) for t in range(max(lengths))]


def packed(data, lengths):
    return PackedSequence(data, torch.tensor(sizes_of(lengths)))


def make_layer(n, kind, layers, bidirectional, D, H, lengths_list):
    torch.manual_seed(500 + n)
    rnn = RNNS[kind](D, H, num_layers=layers, bidirectional=bidirectional).double()
    with torch.no_grad():
        for p in rnn.parameters():
            p.copy_(p.to(torch.float32))
    names = [name for name, _ in rnn.named_parameters()]
    runs = []
    for m, lengths in enumerate(lengths_list):
        g = generator(600 + 10 * n + m)
        x = randn(g, sum(lengths), D).requires_grad_()
        dout = randn(g, sum(lengths), H * (2 if bidirectional else 1))
        rnn.zero_grad()
        out = rnn(packed(x, lengths))[0].data
        out.backward(dout)
        runs.append({
            "lengths": lengths, "x": tensor(x, "float32"), "dout": tensor(dout, "float32"),
            "out": tensor(out, "float32"), "dx": tensor(x.grad, "float32"),
            "gradients": {name: tensor(rnn.get_parameter(name).grad, "float32") for name in names},
        })
    return {
        "type": kind.split("_")[0], "nonlinearity": kind.split("_")[1] if "_" in kind else None,
        "num_layers": layers, "bidirectional": bidirectional, "input": D, "hidden": H,
        "parameters": {name: tensor(rnn.get_parameter(name), "float32") for name in names}, "runs": runs,
    }


def make_layers():
    cases = []
    both = [[7, 5, 5, 3, 1], [4, 4, 4, 4, 4]]
    for kind, layers, bidirectional in itertools.product(RNNS, [1, 2], [False, True]):
        cases.append(make_layer(len(cases), kind, layers, bidirectional, 5, 7, both))
    wide = [[6, 6, 4, 2, 2, 1, 1]]
    for kind, bidirectional in [("lstm", True), ("gru", True), ("rnn_tanh", True), ("rnn_relu", False)]:
        cases.append(make_layer(len(cases), kind, 1, bidirectional, 20, 33, wide))

    g = generator(700)
    lengths = [5, 4, 4, 1]
    table = randn(g, 11, 6).requires_grad_()
    with torch.no_grad():
        table[0] = 0
    ids = torch.randint(1, 11, (sum(lengths),), generator=g)
    ids[3] = 0  # padding inside a sequence: read as zeros, no gradient
    dout = randn(g, sum(lengths), 6)
    out = nn.functional.embedding(ids, table, padding_idx=0)
    out.backward(dout)
    embedding = {"lengths": lengths, "ids": tensor(ids, "int32"), "table": tensor(table, "float32"),
                 "dout": tensor(dout, "float32"), "out": tensor(out, "float32"), "gradient": tensor(table.grad, "float32")}
    save("layers", {"cases": cases, "embedding": embedding})


# ---------------------------------------------------------------- poolings


def pool(kinds, out, lengths, directions):
    """[B × kinds·directions·H] from packed outputs; each part is [forward ‖ backward]."""
    padded, n = pad_packed_sequence(packed(out, lengths), batch_first=True)
    H = padded.shape[2] // directions
    mask = (torch.arange(padded.shape[1])[None, :] < n[:, None])[:, :, None]
    parts = []
    for kind in kinds:
        if kind == "last":
            forward = padded[torch.arange(len(lengths)), n - 1, :H]
            parts += [forward] if directions == 1 else [forward, padded[:, 0, H:]]
        elif kind == "mean":
            parts.append((padded * mask).sum(1) / n[:, None])
        else:
            parts.append(padded.masked_fill(~mask, float("-inf")).max(1).values)
    return torch.cat(parts, 1)


def make_poolings():
    # "last" is what PyTorch calls h_n
    torch.manual_seed(1)
    rnn = nn.LSTM(3, 4, bidirectional=True).double()
    out, (h_n, _) = rnn(packed(torch.randn(9, 3, dtype=torch.float64), [4, 3, 2]))
    assert torch.equal(pool(["last"], out.data, [4, 3, 2], 2), torch.cat([h_n[0], h_n[1]], 1))

    cases = []
    for n, (kind, directions, lengths) in enumerate(itertools.product(
            ["last", "mean", "max"], [1, 2], [[7, 5, 5, 3, 1], [4, 4, 4], [1], [6, 6, 5, 5, 3, 2, 1, 1]])):
        g = generator(800 + n)
        H = 17 if n % 2 else 7
        x = randn(g, sum(lengths), directions * H).requires_grad_()
        y = pool([kind], x, lengths, directions)
        dy = randn(g, *y.shape)
        y.backward(dy)
        cases.append({"pooling": kind, "directions": directions, "hidden": H, "lengths": lengths,
                      "x": tensor(x, "float32"), "y": tensor(y, "float32"), "dy": tensor(dy, "float32"),
                      "dx": tensor(x.grad, "float32")})
    for n, (heads, size, directions, lengths) in enumerate(itertools.product(
            [1, 3], [5, 20], [1, 2], [[7, 5, 5, 3, 1], [1]])):
        cases.append(make_attention(850 + n, heads, size, directions, 17 if n % 2 else 7, lengths))
    for n, (segment, size, directions) in enumerate(itertools.product([2, 3], [5, 20], [1, 2])):
        cases.append(make_hierarchical(870 + n, segment, size, directions, 17 if n % 2 else 7, [10, 7, 7, 5, 3, 1]))
    save("poolings", {"cases": cases})


class Attention(nn.Module):
    """Bahdanau et al. (2015), Yang et al. (2016); with several heads Lin et al. (2017)."""

    def __init__(self, width, size, heads):
        super().__init__()
        self.project = nn.Linear(width, size)
        self.context = nn.Linear(size, heads, bias=False)

    def forward(self, out, lengths):
        h, n = pad_packed_sequence(packed(out, lengths), batch_first=True)
        mask = (torch.arange(h.shape[1])[None, :] < n[:, None])[:, :, None]
        scores = self.context(torch.tanh(self.project(h))).masked_fill(~mask, float("-inf"))
        weights = torch.softmax(scores, 1)  # [B, T, heads]
        return (weights.transpose(1, 2) @ h).flatten(1)


def pooling_case(name, module, seed, options, directions, H, lengths, parameters):
    """Weights rounded to float32, then a pass in float64; `parameters` names the module's."""
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(p.to(torch.float32))
    g = generator(seed)
    x = randn(g, sum(lengths), directions * H).requires_grad_()
    y = module(x, lengths)
    dy = randn(g, *y.shape)
    y.backward(dy)
    own = parameters(module)
    return {"pooling": name, "options": options, "directions": directions, "hidden": H,
            "lengths": lengths, "x": tensor(x, "float32"), "y": tensor(y, "float32"), "dy": tensor(dy, "float32"),
            "dx": tensor(x.grad, "float32"),
            "parameters": {k: tensor(p, "float32") for k, p in own.items()},
            "gradients": {k: tensor(p.grad, "float32") for k, p in own.items()}}


def attention_parameters(module):
    return {"weight": module.project.weight, "bias": module.project.bias, "context": module.context.weight}


def make_attention(seed, heads, size, directions, H, lengths):
    torch.manual_seed(seed)
    module = Attention(directions * H, size, heads).double()
    options = {"size": size, "heads": heads}
    return pooling_case("attention", module, seed, options, directions, H, lengths, attention_parameters)


class Hierarchical(nn.Module):
    """Yang et al. (2016), with segments of at most `segment` tokens for sentences."""

    def __init__(self, width, segment, size, directions):
        super().__init__()
        self.segment = segment
        self.words = Attention(width, size, 1)
        self.rnn = nn.GRU(width, width // directions, bidirectional=directions == 2)
        self.segments = Attention(width, size, 1)

    def forward(self, out, lengths):
        h, _ = pad_packed_sequence(packed(out, lengths), batch_first=True)
        return torch.cat([self.document(h[b, :n]) for b, n in enumerate(lengths)])

    def document(self, h):
        count = math.ceil(len(h) / self.segment)
        bounds = [k * len(h) // count for k in range(count + 1)]
        vectors = torch.cat([self.words(h[a:b], [b - a]) for a, b in zip(bounds, bounds[1:])])
        return self.segments(self.rnn(vectors)[0], [count])


def hierarchical_parameters(module):
    words, segments = attention_parameters(module.words), attention_parameters(module.segments)
    return {**{f"words.{k}": p for k, p in words.items()}, **{f"segments.{k}": p for k, p in segments.items()},
            **{f"rnn.{k}": p for k, p in module.rnn.named_parameters()}}


def make_hierarchical(seed, segment, size, directions, H, lengths):
    torch.manual_seed(seed)
    module = Hierarchical(directions * H, segment, size, directions).double()
    options = {"size": segment, "attention_size": size}
    return pooling_case("hierarchical", module, seed, options, directions, H, lengths, hierarchical_parameters)


# ---------------------------------------------------------------- whole classifiers


class Classifier(nn.Module):
    def __init__(self, kind, V, D, H, C, layers, pooling):
        super().__init__()
        self.embedding = nn.Embedding(V, D, padding_idx=0)
        self.rnn = RNNS[kind](D, H, num_layers=layers, bidirectional=True)
        self.classifier = nn.Linear(2 * H * len(pooling), C)
        self.pooling = pooling

    def forward(self, ids, lengths):
        x = pack_padded_sequence(self.embedding(ids), lengths, batch_first=True)
        return self.classifier(pool(self.pooling, self.rnn(x)[0].data, lengths, 2))


TRAININGS = [
    ("lstm", 2, "adam", {}, 0.01, None),
    ("lstm", 2, "sgd", {"momentum": 0.9}, 0.1, 0.12),
    ("lstm", 2, "adamw", {"weight_decay": 0.1}, 0.01, None),
    ("gru", 2, "adam", {}, 0.01, None),
    ("rnn_tanh", 2, "adam", {}, 0.01, None),
]


def train(model, start, ids, lengths, labels, kind, options, lr, max_norm, dtype):
    model = model.to(dtype)
    model.load_state_dict({k: v.to(dtype) for k, v in start.items()})
    optimizer = CLASSES[kind](model.parameters(), lr=lr, foreach=False, **options)
    result = {"losses": [], "norms": []}
    for step in range(10):
        optimizer.zero_grad()
        logits = model(ids, lengths)
        loss = nn.functional.cross_entropy(logits, labels, label_smoothing=0.1)
        loss.backward()
        result["losses"].append(loss.item())
        if step == 0:
            result["logits"] = logits.detach().clone()
            result["gradients"] = {k: p.grad.clone() for k, p in model.named_parameters()}
        if max_norm is not None:
            result["norms"].append(nn.utils.clip_grad_norm_(model.parameters(), max_norm).item())
        optimizer.step()
    result["final"] = {k: p.detach().clone() for k, p in model.named_parameters()}
    return result


def make_classifiers():
    V, D, H, C = 50, 12, 9, 4
    lengths = [9, 7, 7, 4, 2, 1]
    pooling = ["last", "mean", "max"]
    g = generator(900)
    ids = torch.zeros(len(lengths), max(lengths), dtype=torch.long)
    for b, n in enumerate(lengths):
        ids[b, :n] = torch.randint(1, V, (n,), generator=g)
    labels = torch.tensor([2, 0, 1, 3, 0, 2])
    models = {}
    for n, (kind, layers, optimizer, options, lr, max_norm) in enumerate(TRAININGS):
        torch.manual_seed(1000 + list(RNNS).index(kind))
        model = Classifier(kind, V, D, H, C, layers, pooling)
        start = {k: v.clone() for k, v in model.state_dict().items()}
        exact = train(model, start, ids, lengths, labels, optimizer, options, lr, max_norm, torch.float64)
        single = train(model, start, ids, lengths, labels, optimizer, options, lr, max_norm, torch.float32)
        entry = models.setdefault(kind, {
            "type": kind.split("_")[0], "nonlinearity": kind.split("_")[1] if "_" in kind else None,
            "num_layers": layers, "parameters": {k: tensor(v, "float32") for k, v in start.items()},
            "logits": tensor(exact["logits"], "float64"),
            "gradients": {k: tensor(v, "float32") for k, v in exact["gradients"].items()}, "trainings": [],
        })
        entry["trainings"].append({
            "optimizer": optimizer, "options": options, "lr": lr, "max_norm": max_norm,
            "losses": exact["losses"], "norms": exact["norms"], "losses_float32": single["losses"],
            "final": {k: tensor(v, "float32") for k, v in exact["final"].items()},
        })
    save("classifiers", {
        "vocabulary": V, "embedding": D, "hidden": H, "classes": C, "pooling": pooling, "label_smoothing": 0.1,
        "lengths": lengths, "sequences": [ids[b, :n].tolist() for b, n in enumerate(lengths)],
        "labels": labels.tolist(), "models": list(models.values()),
    })


def integrated_gradients(model, ids, lengths, base, label):
    """[T] the integral over α of Σ_d (x_td - b_d) ∂p_label/∂x_td at b + α (x - b), by 32 times 8 points of Gauss and Legendre."""
    nodes, weights = np.polynomial.legendre.leggauss(8)
    x = model.embedding(ids).detach()
    total = torch.zeros(lengths[0], dtype=torch.float64)
    for k in range(32):
        for node, weight in zip(nodes, weights):
            at = (base + (k + (node + 1) / 2) / 32 * (x - base)).requires_grad_()
            packed = pack_padded_sequence(at, lengths, batch_first=True)
            z = model.classifier(pool(model.pooling, model.rnn(packed)[0].data, lengths, 2))
            (slope,) = torch.autograd.grad(torch.softmax(z, 1)[0, label], at)
            total += weight / 64 * ((x - base) * slope).sum(2)[0]
    return total


def make_explanations():
    V, D, H, C = 30, 10, 7, 3
    pooling = ["last", "mean"]
    g = generator(950)
    sequences = [torch.randint(2, V, (n,), generator=g) for n in (9, 4, 1)]
    models = []
    for kind in ("lstm", "gru", "rnn_tanh"):
        torch.manual_seed(1100 + list(RNNS).index(kind))
        model = Classifier(kind, V, D, H, C, 2, pooling)
        start = {k: v.clone() for k, v in model.state_dict().items()}
        model = model.to(torch.float64)
        cases = []
        for ids in sequences:
            lengths = [len(ids)]
            label = int(model(ids[None], lengths).argmax())
            for name, base in (("pad", torch.zeros(D, dtype=torch.float64)), ("unk", model.embedding.weight[1].detach())):
                weights = integrated_gradients(model, ids[None], lengths, base, label)
                cases.append({"ids": ids.tolist(), "label": label, "baseline": name, "weights": tensor(weights, "float64")})
        models.append({
            "type": kind.split("_")[0], "num_layers": 2,
            "parameters": {k: tensor(v, "float32") for k, v in start.items()}, "cases": cases,
        })
    save("explanations", {"vocabulary": V, "embedding": D, "hidden": H, "classes": C, "pooling": pooling, "models": models})


class Bag(nn.Module):
    def __init__(self, V, D, C, pooling):
        super().__init__()
        self.classifier = nn.Linear(D * len(pooling), C)
        self.embedding = nn.Embedding(V, D, padding_idx=0)
        self.pooling = pooling

    def forward(self, ids, lengths):
        x = pack_padded_sequence(self.embedding(ids), lengths, batch_first=True)
        return self.classifier(pool(self.pooling, x.data, lengths, 1))


def make_bag():
    """Pooled embeddings without a recurrent layer: 10 steps."""
    V, D, C = 50, 12, 4
    lengths = [9, 7, 7, 4, 2, 1]
    pooling = ["mean", "max"]
    g = generator(950)
    ids = torch.zeros(len(lengths), max(lengths), dtype=torch.long)
    for b, n in enumerate(lengths):
        ids[b, :n] = torch.randint(1, V, (n,), generator=g)
    labels = torch.tensor([2, 0, 1, 3, 0, 2])
    torch.manual_seed(1100)
    model = Bag(V, D, C, pooling)
    start = {k: v.clone() for k, v in model.state_dict().items()}
    exact = train(model, start, ids, lengths, labels, "adam", {}, 0.01, None, torch.float64)
    save("bag", {
        "vocabulary": V, "embedding": D, "classes": C, "pooling": pooling, "label_smoothing": 0.1, "lr": 0.01,
        "sequences": [ids[b, :n].tolist() for b, n in enumerate(lengths)], "labels": labels.tolist(),
        "parameters": {k: tensor(v, "float32") for k, v in start.items()},
        "logits": tensor(exact["logits"], "float64"),
        "gradients": {k: tensor(v, "float32") for k, v in exact["gradients"].items()},
        "losses": exact["losses"], "final": {k: tensor(v, "float32") for k, v in exact["final"].items()},
    })


def make_r_drop():
    """The loss of two passes and its gradients (Liang et al., 2021), from the outputs of both."""
    cases = []
    for n, ((B, C), alpha, weighted) in enumerate(itertools.product([(1, 2), (5, 4), (7, 20)], [0.5, 4.0], [False, True])):
        g = generator(970 + n)
        labels = torch.randint(C, (B,), generator=g)
        weights = (torch.rand(C, generator=g, dtype=torch.float64) + 0.2) if weighted else None
        first, second = (randn(g, B, C, scale=2.0).requires_grad_() for _ in range(2))
        ce = [nn.functional.cross_entropy(z, labels, weight=weights, label_smoothing=0.1) for z in (first, second)]
        p, q = (torch.log_softmax(z, 1) for z in (first, second))
        kl = [nn.functional.kl_div(a, b, log_target=True, reduction="batchmean") for a, b in ((p, q), (q, p))]
        loss = (ce[0] + ce[1]) / 2 + alpha * (kl[0] + kl[1]) / 2
        loss.backward()
        cases.append({"alpha": alpha, "label_smoothing": 0.1, "weights": weights.tolist() if weighted else None,
                      "labels": labels.tolist(), "first": tensor(first, "float64"), "second": tensor(second, "float64"),
                      "loss": loss.item(), "d_first": tensor(first.grad, "float64"), "d_second": tensor(second.grad, "float64")})
    save("r-drop", {"cases": cases})


if __name__ == "__main__":
    warnings.simplefilter("error")
    make_losses()
    make_imbalance()
    make_optim()
    make_averages()
    make_schedules()
    make_layers()
    make_poolings()
    make_classifiers()
    make_explanations()
    make_bag()
    make_r_drop()
