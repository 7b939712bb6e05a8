"""A server as most people write it: FastAPI, uvicorn with uvloop and httptools, the model in PyTorch.

python fastapi-server.py MODEL_FOLDER PORT THREADS

The model is that of docs/python.md; one request is one forward pass, in inference mode.
"""

import json
import pathlib
import sys

import fastapi
import torch
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from safetensors.torch import load_file
from tokenizers import Tokenizer


class Classifier(torch.nn.Module):
    def __init__(self, config):
        super().__init__()
        model = config["model"]
        kind = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[model["type"]]
        given = model["pooling"] if isinstance(model["pooling"], list) else [model["pooling"]]
        self.poolings = [p if isinstance(p, str) else p["type"] for p in given]
        self.embedding = torch.nn.Embedding(config["vocab_size"], model["embedding_dim"])
        self.rnn = kind(
            model["embedding_dim"],
            model["hidden_size"],
            num_layers=model["num_layers"],
            bidirectional=model["bidirectional"],
            batch_first=True,
        )
        width = model["hidden_size"] * (2 if model["bidirectional"] else 1)
        self.classifier = torch.nn.Linear(width * len(self.poolings), len(config["id2label"]))

    def forward(self, ids):
        outputs, final = self.rnn(self.embedding(ids))
        state = final[0] if isinstance(final, tuple) else final
        directions = 2 if self.rnn.bidirectional else 1
        pooled = {
            "last": lambda: torch.cat(list(state[-directions:]), dim=1),
            "mean": lambda: outputs.mean(dim=1),
            "max": lambda: outputs.max(dim=1).values,
        }
        return self.classifier(torch.cat([pooled[name]() for name in self.poolings], dim=1))


class Body(BaseModel):
    text: str


folder = pathlib.Path(sys.argv[1])
torch.set_num_threads(int(sys.argv[3]))
config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
labels = list(config["id2label"].values())
temperature = config.get("temperature", 1)
model = Classifier(config)
model.load_state_dict(load_file(folder / "model.safetensors"))
model.eval()
app = FastAPI(version=fastapi.__version__ + ", PyTorch " + torch.__version__)


# async: a thread per request costs more than it brings, as the model holds the lock either way
@app.post("/predict")
async def predict(body: Body):
    ids = tokenizer.encode(body.text).ids or [config["unk_token_id"]]
    with torch.inference_mode():
        probabilities = (model(torch.tensor([ids])).double() / temperature).softmax(dim=1)[0]
    best = int(probabilities.argmax())
    return {"predictions": [{"label": labels[best], "score": float(probabilities[best])}]}


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="critical", access_log=False, loop="uvloop", http="httptools")
