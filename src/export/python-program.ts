/** The recurrent layers and the poolings that the program knows, as its two tables below name them. */
export const PYTHON_PARTS = {
  layers: ['rnn', 'lstm', 'gru'],
  poolings: ['last', 'mean', 'max', 'attention', 'windows', 'hierarchical'],
} as const;

/** The program that `--to python` writes beside the model, as docs/python.md shows it. */
export const PYTHON_PROGRAM = `"""A text classifier of Unroll in PyTorch. It needs: pip install torch safetensors tokenizers

    python model.py "some text" "another"        probabilities as JSON, one line for each text

    from model import load
    classifier = load()                          # the folder of this file, or load("folder")
    classifier.probabilities(["some text"])      # [{"label": probability, ...}]
"""

import json
import pathlib
import sys

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer


class Attention(torch.nn.Module):
    """The mean of the states, weighted by softmax(v tanh(W h + b)); one vector for each head v."""

    def __init__(self, width, size, heads):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.empty(size, width))
        self.bias = torch.nn.Parameter(torch.empty(size))
        self.context = torch.nn.Parameter(torch.empty(heads, size))

    def forward(self, outputs):
        scores = torch.tanh(outputs @ self.weight.T + self.bias) @ self.context.T
        return (scores.softmax(dim=1).transpose(1, 2) @ outputs).flatten(1)


class Hierarchical(torch.nn.Module):
    """Attention over the words of each segment, a GRU over the segments, attention over its states."""

    def __init__(self, width, model, options):
        super().__init__()
        self.size = options["size"]
        self.words = Attention(width, options["attention_size"], 1)
        self.rnn = torch.nn.GRU(width, model["hidden_size"], bidirectional=model["bidirectional"], batch_first=True)
        self.segments = Attention(width, options["attention_size"], 1)

    def forward(self, outputs):
        vectors = [self.words(segment) for segment in parts(outputs, self.size)]
        return self.segments(self.rnn(torch.stack(vectors, dim=1))[0])


def parts(outputs, size):
    """The states of parts of at most size tokens, as equal as possible, one after another."""
    tokens = outputs.shape[1]
    count = -(-tokens // size)
    return [outputs[:, k * tokens // count : (k + 1) * tokens // count] for k in range(count)]


class Network(torch.nn.Module):
    """Embedding, recurrent layers, poolings side by side, a linear layer."""

    def __init__(self, config):
        super().__init__()
        model = config["model"]
        kind = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[model["type"]]
        more = {"nonlinearity": model["nonlinearity"]} if model["type"] == "rnn" else {}
        given = model["pooling"] if isinstance(model["pooling"], list) else [model["pooling"]]
        named = [{"type": pooling} if isinstance(pooling, str) else pooling for pooling in given]
        self.poolings = [pooling["type"] for pooling in named]
        self.window = next((p["size"] for p in named if p["type"] == "windows"), None)
        self.embedding = torch.nn.Embedding(config["vocab_size"], model["embedding_dim"])
        self.rnn = kind(
            model["embedding_dim"],
            model["hidden_size"],
            num_layers=model["num_layers"],
            bidirectional=model["bidirectional"],
            batch_first=True,
            **more,
        )
        width = model["hidden_size"] * (2 if model["bidirectional"] else 1)
        self.pooling = torch.nn.ModuleDict()
        for p in named:
            if p["type"] == "attention":
                self.pooling["attention"] = Attention(width, p["size"], p["heads"])
            elif p["type"] == "hierarchical":
                self.pooling["hierarchical"] = Hierarchical(width, model, p)
        vectors = sum(pooling.get("heads", 1) for pooling in named)
        self.classifier = torch.nn.Linear(width * vectors, len(config["id2label"]))

    def forward(self, ids):
        """ids [1 x T], one text without padding; returns [1 x C] scores."""
        outputs, final = self.rnn(self.embedding(ids))
        state = final[0] if isinstance(final, tuple) else final  # an LSTM also has its cells
        directions = 2 if self.rnn.bidirectional else 1
        pooled = {
            "last": lambda: torch.cat(list(state[-directions:]), dim=1),
            "mean": lambda: outputs.mean(dim=1),
            "max": lambda: outputs.max(dim=1).values,
            "attention": lambda: self.pooling["attention"](outputs),
            "windows": lambda: self.windows(outputs),
            "hierarchical": lambda: self.pooling["hierarchical"](outputs),
        }
        return self.classifier(torch.cat([pooled[name]() for name in self.poolings], dim=1))

    def windows(self, outputs):
        """The mean of each window of states, then the maximum over the windows."""
        means = [window.mean(dim=1) for window in parts(outputs, self.window)]
        return torch.stack(means).max(dim=0).values


class Classifier:
    """A network with its tokenizer: from texts to probabilities."""

    def __init__(self, config, tokenizer, network):
        self.config, self.tokenizer, self.network = config, tokenizer, network
        self.labels = list(config["id2label"].values())

    def ids(self, text):
        """The token ids of a text as the network reads them, at least one."""
        ids = self.tokenizer.encode(text).ids or [self.config["unk_token_id"]]
        options = self.config["text"]
        if options["truncation"] == "head+tail":  # the one policy that tokenizer.json cannot express
            length = options["max_length"]
            if len(ids) > length:
                ids = ids[: (length + 1) // 2] + ids[len(ids) - length // 2 :]
        return ids

    def probabilities(self, texts):
        """Of each text a dict from label to probability."""
        return [dict(zip(self.labels, self._one(self.ids(text)).tolist())) for text in texts]

    def _one(self, ids):
        counts = self.config.get("class_counts")
        if counts and all(id == self.config["unk_token_id"] for id in ids):
            # nothing to go by: the frequencies of the classes in training
            frequencies = torch.tensor(counts, dtype=torch.float64)
            return frequencies / frequencies.sum()
        with torch.no_grad():
            scores = self.network(torch.tensor([ids])).double() / self.config.get("temperature", 1)
        thresholds = self.config.get("thresholds")
        if thresholds:  # decision thresholds: probabilities in proportion to them
            scores = scores - torch.tensor(thresholds, dtype=torch.float64).log()
        return scores.softmax(dim=1)[0]


def weights(path):
    """The tensors of a file; matrices in 8 bits become floats, each row times its scale."""
    tensors = load_file(path)
    for name in [name for name, tensor in tensors.items() if tensor.dtype == torch.int8]:
        tensors[name] = tensors[name].float() * tensors.pop(name + ".scale")[:, None]
    if "embedding.fixed" in tensors:  # pretrained word vectors that were not trained
        rows = [tensors["embedding.weight"], tensors.pop("embedding.fixed").float()]
        tensors["embedding.weight"] = torch.cat(rows)
    return tensors


def load(folder=pathlib.Path(__file__).parent):
    """The classifier of a folder with config.json, model.safetensors and tokenizer.json."""
    folder = pathlib.Path(folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    network = Network(config)
    network.load_state_dict(weights(folder / "model.safetensors"))
    network.eval()
    return Classifier(config, tokenizer, network)


if __name__ == "__main__":
    for line in load().probabilities(sys.argv[1:]):
        print(json.dumps(line, ensure_ascii=False))
`;
