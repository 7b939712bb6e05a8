"""Studies made by Optuna: writes study.db, study.journal and expected.json beside this file.

The versions that were used stand in expected.json. For the schema on PostgreSQL give the address of an empty database, whose catalogue goes to schema.json:

    pip install optuna==5.0.0 psycopg2-binary && python make.py postgresql+psycopg2://USER@HOST/DATABASE
"""

import json
import math
import pathlib
import sqlite3
import sys
from datetime import datetime, timedelta, timezone

import optuna
import sqlalchemy
from optuna.distributions import BaseDistribution
from optuna.storages import JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

optuna.logging.set_verbosity(optuna.logging.ERROR)
here = pathlib.Path(__file__).parent
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
CHOICES = ["a", "ü \"q\"", 1, 2.5, True, None, math.nan, math.inf]


def objective(trial):
    x = trial.suggest_float("x", -10, 10)
    trial.suggest_float("lr", 1e-5, 1e-1, log=True)
    trial.suggest_float("grid", 0, 1, step=0.1)
    n = trial.suggest_int("layers", 1, 4)
    trial.suggest_int("units", 16, 256, log=True)
    trial.suggest_int("even", 2, 20, step=2)
    choice = trial.suggest_categorical("choice", CHOICES)
    if n > 2:
        trial.suggest_float("dropout", 0, 0.5)
    trial.suggest_float("single", 3, 3)
    trial.set_user_attr("note", {"text": "naïve \u2028 \x00", "values": [1, 1.5, math.nan, -math.inf, None, True]})
    trial.set_user_attr("choice", repr(choice))
    trial.set_constraint("size", x - 5) if hasattr(trial, "set_constraint") else None
    for step in (0, 1, 5):
        trial.report([x * x, math.nan, math.inf][step % 3] if trial.number == 3 else x * x + step, step)
    if trial.number % 4 == 1:
        raise optuna.TrialPruned()
    if trial.number == 2:
        raise RuntimeError("broken")
    if trial.number == 6:
        return math.inf
    return x * x


def pareto(trial):
    x = trial.suggest_float("x", 0, 1)
    y = trial.suggest_categorical("kind", ["p", "q"])
    return x, (1 - x if y == "p" else -math.inf)


def constraints(trial):
    return (trial.params["x"] - 0.75, -1.0)


def fill(storage):
    sampler = optuna.samplers.TPESampler(seed=1, n_startup_trials=4)
    study = optuna.create_study(storage=storage, study_name="all", direction="minimize", sampler=sampler)
    study.set_user_attr("owner", {"name": "é", "limits": [math.nan, math.inf, -math.inf]})
    study.set_metric_names(["loss"])
    study.enqueue_trial({"x": 1.25, "choice": None}, user_attrs={"why": "a guess"})
    study.optimize(objective, n_trials=10, catch=(RuntimeError,))
    running = study.ask()
    running.suggest_float("x", -10, 10)
    running.report(1.0, 0)
    study.enqueue_trial({"x": 2.5})
    study.add_trial(optuna.create_trial(state=TrialState.FAIL, system_attrs={"failed_trial": 2, "retry_history": [2]}))

    two = optuna.create_study(
        storage=storage,
        study_name="pareto",
        directions=["minimize", "maximize"],
        sampler=optuna.samplers.TPESampler(seed=2, n_startup_trials=3, constraints_func=constraints),
    )
    two.optimize(pareto, n_trials=6)
    optuna.create_study(storage=storage, study_name="empty", direction="maximize")


def moment(time):
    """Milliseconds since 1970."""
    return None if time is None else (time.astimezone(timezone.utc) - EPOCH) // timedelta(milliseconds=1)


def plain(distribution: BaseDistribution):
    return json.loads(optuna.distributions.distribution_to_json(distribution))


def read(storage):
    studies = {}
    for summary in optuna.get_all_study_summaries(storage):
        study = optuna.load_study(storage=storage, study_name=summary.study_name, sampler=optuna.samplers.RandomSampler())
        studies[study.study_name] = {
            "directions": [direction.name.lower() for direction in study.directions],
            "user_attrs": study.user_attrs,
            "system_attrs": study._storage.get_study_system_attrs(study._study_id),
            "trials": [
                {
                    "number": trial.number,
                    "state": trial.state.name,
                    "values": trial.values,
                    "internal": [
                        [name, trial.distributions[name].to_internal_repr(value)]
                        for name, value in trial.params.items()
                    ],
                    "params": [[name, value] for name, value in trial.params.items()],
                    "distributions": {name: plain(d) for name, d in trial.distributions.items()},
                    "intermediate": [[step, value] for step, value in trial.intermediate_values.items()],
                    "user_attrs": trial.user_attrs,
                    "system_attrs": trial.system_attrs,
                    "start": moment(trial.datetime_start),
                    "complete": moment(trial.datetime_complete),
                }
                for trial in study.trials
            ],
        }
    return studies


# What a PostgreSQL catalogue says of the tables; the test asks ours the same.
QUERIES = {
    "columns": """SELECT table_name, ordinal_position::int, column_name, data_type, udt_name, character_maximum_length::int,
                         is_nullable, column_default
                  FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2""",
    "constraints": """SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint
                      WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2""",
    "indexes": "SELECT tablename::text, indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
    "enums": """SELECT typname::text, string_agg(enumlabel::text, ' ' ORDER BY enumsortorder)
                FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid GROUP BY 1 ORDER BY 1""",
}


def catalogue(url):
    RDBStorage(url)
    with sqlalchemy.create_engine(url).connect() as connection:
        ask = lambda sql: [list(row) for row in connection.execute(sqlalchemy.text(sql.replace("::", r"\:\:")))]
        return {name: {"query": sql, "rows": ask(sql)} for name, sql in QUERIES.items()}


if __name__ == "__main__":
    for name in ("study.db", "study.journal"):
        (here / name).unlink(missing_ok=True)
    file = f"sqlite:///{here / 'study.db'}"
    fill(RDBStorage(file, heartbeat_interval=60))
    journal = JournalStorage(JournalFileBackend(str(here / "study.journal")))
    fill(journal)
    made_with = {"python": sys.version.split()[0], "optuna": optuna.__version__, "sqlalchemy": sqlalchemy.__version__}
    expected = {"made_with": made_with, "sqlite": read(RDBStorage(file)), "journal": read(journal)}
    (here / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")

    if len(sys.argv) > 1:
        (here / "schema.json").write_text(json.dumps(catalogue(sys.argv[1]), indent=1) + "\n")

    database = sqlite3.connect(here / "study.db")
    database.execute("PRAGMA page_size = 512")
    database.execute("VACUUM")
