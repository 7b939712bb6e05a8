"""What Optuna does in the tests of interoperation: `optuna_side.py TASK URL [STUDY N]`.

`drivers` prints what is there. `read` prints all studies as in expected.json. `work` runs N more trials and prints what
it found and made. A URL that ends in .journal is a journal file.
"""

import json
import pathlib
import sys
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "golden" / "optuna"))
warnings.simplefilter("ignore")

task, *rest = sys.argv[1:]
if task == "drivers":
    found = {}
    for name in ("optuna", "psycopg2"):
        try:
            found[name] = __import__(name).__version__
        except ImportError:
            pass
    print(json.dumps(found))
    sys.exit()

import make
import optuna

url = rest[0]
if url.endswith(".journal"):
    storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(url))
else:
    # SQLite keeps no order among those that wait for its lock: on a busy machine one may wait for long
    patience = {"connect_args": {"timeout": 600}} if url.startswith("sqlite") else {}
    address = url.replace("postgresql://", "postgresql+psycopg2://")
    storage = optuna.storages.RDBStorage(address, engine_kwargs=patience, heartbeat_interval=600)

if task == "read":
    print(json.dumps(make.read(storage)))
else:
    study = optuna.load_study(storage=storage, study_name=rest[1])
    before = {"trials": len(study.trials), "best": study.best_value if any(t.state == optuna.trial.TrialState.COMPLETE for t in study.trials) else None}
    made = []

    def objective(trial):
        x = trial.suggest_float("x", 0, 1000)
        made.append(trial.number)
        trial.report(x, 0)
        return x

    study.optimize(objective, n_trials=int(rest[2]))
    print(json.dumps({"before": before, "made": made, "best": study.best_value, "trials": len(study.trials)}))
