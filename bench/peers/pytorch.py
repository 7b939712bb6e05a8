"""PyTorch's side of the protocol of bench/support/protocol.ts: python pytorch.py THREADS.

Each kind of work is written in the ways a PyTorch user would try (time-major or batch-first, padded or packed, with
and without oneDNN); the benchmark measures all of them and counts the fastest.
"""
import sys
import warnings

import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from serve import serve

warnings.filterwarnings("ignore", message=".*TF32.*")


def onednn(enabled):
    """Switches oneDNN for everything that follows."""
    if torch._C._get_mkldnn_enabled() != enabled:
        torch._C._set_mkldnn_enabled(enabled)


def load(data):
    """The arrays of a data file by name."""
    with open(data["path"], "rb") as file:
        raw = file.read()
    tensors = {}
    for t in data["tensors"]:
        count = 1
        for n in t["shape"]:
            count *= n
        dtype = {"float32": torch.float32, "int32": torch.int32}[t["dtype"]]
        stored = torch.frombuffer(bytearray(raw[t["offset"] : t["offset"] + 4 * count]), dtype=dtype)
        tensors[t["name"]] = stored.reshape(t["shape"]).clone()
    return tensors


def batch_sizes(lengths):
    return torch.tensor([sum(n > t for n in lengths) for t in range(lengths[0])])


def ways(lengths, make):
    """Every combination of layout and backend; packed only where lengths differ."""
    layouts = ["time-major", "batch-first"]
    if len(set(lengths)) > 1:
        layouts = ["packed", *layouts]
    return {
        f"{layout}, {'oneDNN' if dnn else 'native'}": make(layout, dnn)
        for layout in layouts
        for dnn in (True, False)
    }


def lstm(spec, tensors):
    lengths = spec["lengths"]
    sizes = batch_sizes(lengths)
    weights = {k.removeprefix("rnn."): v for k, v in tensors.items() if k.startswith("rnn.")}

    def make(layout, dnn):
        batch_first = layout == "batch-first"
        layer = nn.LSTM(spec["input"], spec["hidden"], spec["layers"], batch_first=batch_first,
                        bidirectional=spec["bidirectional"])  # fmt: skip
        layer.load_state_dict(weights)
        x, dout = tensors["x"].clone(), tensors["dout"].clone()
        if layout != "packed":
            # padding of the output has no gradient
            x, dout = (pad_packed_sequence(PackedSequence(v, sizes), batch_first)[0].contiguous() for v in (x, dout))
        x.requires_grad_()

        def step():
            onednn(dnn)
            layer.zero_grad(set_to_none=True)
            x.grad = None
            if layout == "packed":
                layer(PackedSequence(x, sizes))[0].data.backward(dout)
            else:
                layer(x)[0].backward(dout)

        def check():
            onednn(dnn)
            with torch.no_grad():
                out = layer(PackedSequence(x, sizes))[0].data if layout == "packed" else layer(x)[0]
            step()
            grads = sum(p.grad.double().abs().sum().item() for p in layer.parameters())
            return [out.double().abs().sum().item(), x.grad.double().abs().sum().item(), grads]

        # over padding the reverse direction starts elsewhere: another result, as fast or slow
        same = layout == "packed" or len(set(lengths)) == 1
        return step, check() if same else []

    return ways(lengths, make)


class Classifier(nn.Module):
    """Embedding, dropout, LSTM, poolings side by side, dropout, linear."""

    def __init__(self, spec, layout):
        super().__init__()
        directions = 2 if spec["bidirectional"] else 1
        self.layout, self.pooling = layout, spec["pooling"]
        self.time = 1 if layout != "time-major" else 0
        dropout = spec.get("dropout", 0)
        self.embedding = nn.Embedding(spec["vocabulary"], spec["input"], padding_idx=0)
        self.embedding_dropout = nn.Dropout(spec.get("embeddingDropout", 0))
        self.rnn = nn.LSTM(spec["input"], spec["hidden"], spec["layers"], batch_first=self.time == 1,
                           bidirectional=spec["bidirectional"],
                           dropout=dropout if spec["layers"] > 1 else 0)  # fmt: skip
        self.dropout = nn.Dropout(dropout)
        width = directions * spec["hidden"]
        self.classifier = nn.Linear(len(self.pooling) * width, spec["classes"])

    def forward(self, ids, lengths, mask):
        """ids in the layout's order; mask None where all have the same length."""
        x = self.embedding(ids)
        if self.embedding_dropout.p > 0:
            x = self.embedding_dropout(x)
        if self.layout == "packed":
            x = pack_padded_sequence(x, lengths, batch_first=True)
            out, (h, _) = self.rnn(x)
            out, _ = pad_packed_sequence(out, batch_first=True)
        else:
            out, (h, _) = self.rnn(x)
        parts = []
        for name in self.pooling:
            if name == "last":
                parts.append(torch.cat((h[-2], h[-1]), 1) if self.rnn.bidirectional else h[-1])
            elif name == "mean":
                # what packing leaves behind the end is zero already
                total = out.sum(self.time) if mask is None or self.layout == "packed" else (out * mask).sum(self.time)
                parts.append(total / lengths.unsqueeze(1))
            else:
                masked = out if mask is None else out.masked_fill(mask == 0, float("-inf"))
                parts.append(masked.max(self.time).values)
        return self.classifier(self.dropout(torch.cat(parts, 1)))


def inputs(ids, lengths, layout):
    """Padded ids, lengths and mask."""
    rows, at = [], 0
    for n in lengths:
        rows.append(ids[at : at + n].long())
        at += n
    batch_first = layout != "time-major"
    padded = nn.utils.rnn.pad_sequence(rows, batch_first=batch_first)
    mask = None
    if len(set(lengths)) > 1:
        mask = (padded != 0).float().unsqueeze(2)
    return padded, torch.tensor(lengths), mask


def step(spec, tensors):
    lengths = spec["lengths"]
    state = {k: v for k, v in tensors.items() if k.split(".")[0] in ("embedding", "rnn", "classifier")}

    def make(layout, dnn):
        model = Classifier(spec, layout)
        model.load_state_dict(state)
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=spec.get("weightDecay", 0), fused=True)
        loss_of = nn.CrossEntropyLoss(label_smoothing=spec["smoothing"])
        batches = [
            (*inputs(tensors[f"ids.{b}"], lengths, layout), tensors[f"labels.{b}"].long())
            for b in range(spec["batches"])
        ]
        count = 0

        def step():
            nonlocal count
            onednn(dnn)
            ids, n, mask, labels = batches[count % len(batches)]
            count += 1
            optimizer.zero_grad(set_to_none=True)
            loss = loss_of(model(ids, n, mask), labels)
            loss.backward()
            optimizer.step()
            return loss

        def before():
            """The loss without dropout: all that can be compared where there is some, for the masks differ."""
            onednn(dnn)
            ids, n, mask, labels = batches[0]
            model.eval()
            with torch.no_grad():
                loss = loss_of(model(ids, n, mask), labels).item()
            model.train()
            return [loss]

        dropout = spec["dropout"] + spec.get("embeddingDropout", 0)
        check = before() if dropout > 0 else [step().item() for _ in range(3)]
        return step, check if layout == "packed" or len(set(lengths)) == 1 else []

    return ways(lengths, make)


def predict(spec, tensors):
    lengths, size = spec["lengths"], spec["batchSize"]
    state = {k: v for k, v in tensors.items() if k.split(".")[0] in ("embedding", "rnn", "classifier")}
    documents, at = [], 0
    for n in lengths:
        documents.append(tensors["ids"][at : at + n])
        at += n
    order = sorted(documents, key=lambda ids: -len(ids)) if size > 1 else documents
    chunks = [order[n : n + size] for n in range(0, len(order), size)]

    def make(layout, dnn):
        model = Classifier(spec, layout)
        model.load_state_dict(state)
        model.eval()
        batches = [inputs(torch.cat(chunk), [len(ids) for ids in chunk], layout) for chunk in chunks]

        def step():
            onednn(dnn)
            with torch.inference_mode():
                return [model(*batch).softmax(1) for batch in batches]

        sum_of_squares = sum((p.double() ** 2).sum().item() for p in step())
        return step, [sum_of_squares] if layout == "packed" or size == 1 else []

    return ways(lengths if size > 1 else [1], make)


def gemm(spec, tensors):
    a, b = tensors["a"], tensors["b"]
    c = torch.empty(spec["M"], spec["N"])

    def step():
        torch.mm(a.t() if spec["op"] == "tn" else a, b, out=c)

    step()
    return {"torch.mm": (step, [c.double().abs().sum().item()])}


KINDS = {"lstm": lstm, "step": step, "predict": predict, "gemm": gemm}


def prepare(spec, data):
    return KINDS[spec["kind"]](spec, load(data)), None


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[1]))
    torch.set_flush_denormal(True)
    torch.manual_seed(7)
    serve(f"PyTorch {torch.__version__}", prepare)
