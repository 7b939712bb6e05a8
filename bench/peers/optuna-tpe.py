"""Optuna's side of the protocol of bench/support/protocol.ts: whole studies with TPE."""
import shutil
import tempfile

import optuna

from serve import serve

optuna.logging.set_verbosity(optuna.logging.WARNING)
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


def prepare(spec, _data):
    search = Search(spec)
    return {"optuna": (search.step, [])}, search.release


serve(f"Optuna {optuna.__version__}", prepare)
