"""Optuna's side of the protocol of bench/support/protocol.ts: whole studies with TPE."""
import json
import shutil
import sys
import tempfile
import time

import optuna

optuna.logging.set_verbosity(optuna.logging.WARNING)
WARM_STEPS, WARM_SECONDS = 3, 0.8
NAMES = "abcdef"


class Search:
    """Studies of one kind; each step is one of its own, with a seed of its own."""

    def __init__(self, spec):
        self.trials = spec["trials"]
        self.folder = tempfile.mkdtemp(prefix="unroll-bench-") if spec["storage"] == "sqlite" else None
        self.storage = optuna.storages.RDBStorage(f"sqlite:///{self.folder}/studies.db") if self.folder else None
        self.seed = 0

    def step(self):
        sampler = optuna.samplers.TPESampler(seed=self.seed)
        self.seed += 1
        study = optuna.create_study(storage=self.storage, sampler=sampler)
        study.optimize(lambda trial: sum(trial.suggest_float(name, -5, 5) ** 2 for name in NAMES), self.trials)

    def release(self):
        if self.folder:
            self.storage.remove_session()
            self.storage.engine.dispose()
            shutil.rmtree(self.folder)


def warm_up(run):
    start, n = time.perf_counter(), 0
    while n < WARM_STEPS or time.perf_counter() - start < WARM_SECONDS:
        run()
        n += 1
        if n == 1 and time.perf_counter() - start > WARM_SECONDS:
            return  # a step that long is warm at once


def timed(run, steps):
    run()
    start = time.perf_counter()
    for _ in range(steps):
        run()
    return (time.perf_counter() - start) * 1e3 / steps


def main():
    search = None
    for line in sys.stdin:
        try:
            request = json.loads(line)
            what = request["do"]
            reply = {}
            if what == "hello":
                reply = {"name": f"Optuna {optuna.__version__}"}
            elif what == "prepare":
                search = Search(request["spec"])
                warm_up(search.step)
                reply = {"variants": {"optuna": []}}
            elif what == "run":
                reply = {"ms": timed(search.step, request["steps"])}
            elif what == "release" and search:
                search.release()
                search = None
        except Exception as error:  # said to the benchmark, which stops
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)
    if search:
        search.release()


main()
