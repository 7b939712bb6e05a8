"""The contestant's side of the protocol of bench/support/protocol.ts, for peers in Python, as bench/support/serve.ts."""
import json
import sys
import time

# at least so many steps and seconds; a step longer than that is warm at once
WARM_STEPS, WARM_SECONDS = 3, 0.8


def warm_up(step):
    start, n = time.perf_counter(), 0
    while n < WARM_STEPS or time.perf_counter() - start < WARM_SECONDS:
        step()
        n += 1
        if n == 1 and time.perf_counter() - start > WARM_SECONDS:
            return


def timed(step, steps):
    """Milliseconds a step, after one that fills caches."""
    step()
    start = time.perf_counter()
    for _ in range(steps):
        step()
    return (time.perf_counter() - start) * 1e3 / steps


def serve(name, prepare):
    """Answers on standard output until standard input ends.

    prepare(spec, data) sets the work up: the ways to do it by name, each a step and the figures that must agree with the
    other side; and what frees it, None where nothing does.
    """
    variants, free = {}, None

    def release():
        nonlocal variants, free
        if free:
            free()
        variants, free = {}, None

    for line in sys.stdin:
        try:
            request = json.loads(line)
            what = request["do"]
            reply = {}
            if what == "hello":
                reply = {"name": name}
            elif what == "prepare":
                release()
                variants, free = prepare(request["spec"], request.get("data"))
                for step, _ in variants.values():
                    warm_up(step)
                reply = {"variants": {key: check for key, (_, check) in variants.items()}}
            elif what == "run":
                reply = {"ms": timed(variants[request["variant"]][0], request["steps"])}
            elif what == "release":
                release()
        except Exception as error:  # said to the benchmark, which stops
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)
    release()
