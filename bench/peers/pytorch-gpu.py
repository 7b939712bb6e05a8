"""Training steps of PyTorch on a GPU: python pytorch-gpu.py SPEC [cuda|cpu], SPEC as JSON. Prints milliseconds as JSON.

eager: as people run it; graph: the whole step captured once as a CUDA graph, which only CUDA has.
"""
import json
import statistics
import sys
import time

import torch
from torch import nn

from pytorch import Classifier

spec, place = json.loads(sys.argv[1]), (sys.argv[2:] or ["cuda"])[0]
if place == "cuda" and not torch.cuda.is_available():
    sys.exit("PyTorch finds no CUDA GPU")
device = torch.device(place)
torch.manual_seed(0)
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False  # float32, as ours

model = Classifier(spec, "batch-first").to(device)
cuda = place == "cuda"
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=cuda, capturable=cuda)
criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
rows, steps = spec["rows"], spec["steps"]
ids = torch.randint(1, spec["vocabulary"], (rows, steps), device=device)
lengths = torch.full((rows,), steps, device=device)
labels = torch.randint(0, spec["classes"], (rows,), device=device)


def step():
    optimizer.zero_grad(set_to_none=True)
    loss = criterion(model(ids, lengths, None), labels)
    loss.backward()
    optimizer.step()


def wait():
    if cuda:
        torch.cuda.synchronize()


def measure(run):
    for _ in range(spec["warm"]):
        run()
    wait()
    times = []
    for _ in range(spec["repeats"]):
        begin = time.perf_counter()
        for _ in range(spec["timed"]):
            run()
        wait()
        times.append(1000 * (time.perf_counter() - begin) / spec["timed"])
    return statistics.median(times)


result = {"torch": torch.__version__, "eager": measure(step), "graph": None}
if cuda:
    result["device"] = torch.cuda.get_device_name(0)
    side = torch.cuda.Stream()
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    result["graph"] = measure(graph.replay)
print(json.dumps(result))
