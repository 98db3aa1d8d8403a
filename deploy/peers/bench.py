"""Runs vigie and Splink on the same files and prints a table.

Public sets (FEBRL 4, fake_1000) are read from linkage/ in the folder that
VIGIE_BENCH_DATA names, and left out without it; the French leaks are invented by `vigie synth`.
Both sides are scored by the same code from the pairs they wrote: a leaked row's
answer is its most probable person. The optimum is what could be found by one who
knew how people and errors were made (`vigie synth optimum`). Thresholds are each engine's own (p >= .5);
the best F1 and the recall at a precision of .999 are looked up in the truth.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent

FEBRL = """id: rec_id
one_to_one: true
fields:
  - {column: given_name, meaning: given_name}
  - {column: surname, meaning: surname}
  - {column: street_number, meaning: street}
  - {column: address_1, meaning: street}
  - {column: suburb, meaning: city}
  - {column: postcode, meaning: postcode}
  - {column: state, meaning: category}
  - {column: date_of_birth, meaning: birth_date}
  - {column: soc_sec_id, meaning: national_id}
"""
FAKE = """id: unique_id
fields:
  - {column: first_name, meaning: given_name}
  - {column: surname, meaning: surname}
  - {column: dob, meaning: birth_date}
  - {column: city, meaning: city}
  - {column: email, meaning: email}
"""


def run(*command):
    """Runs a command and returns its seconds and peak memory in MB."""
    began = time.monotonic()
    with open(os.devnull, "w") as null:
        child = subprocess.Popen([str(c) for c in command], stdout=null, stderr=subprocess.PIPE)
        said = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(map(str, command))}:\n{said.decode()[-2000:]}")
    return time.monotonic() - began, usage.ru_maxrss / 1024


def said(*command):
    """Runs a command that prints one JSON document: the document, then as run."""
    began = time.monotonic()
    child = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    answer = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(map(str, command))} failed")
    return json.loads(answer), time.monotonic() - began, usage.ru_maxrss / 1024


def table(path, **options):
    with open(path, newline="", encoding="utf-8-sig") as file:
        yield from csv.DictReader(file, skipinitialspace=True, **options)


def pairs(path):
    """Reads (score, left, right) of a pairs file, most probable first."""
    out = [((float(r["probability"]), float(r["weight"])), r["left_id"], r["right_id"]) for r in table(path)]
    return sorted(out, reverse=True)


def each_once(found, left=True, right=True):
    """Keeps the most probable pair of every left and right record."""
    seen = set()
    for score, a, b in found:
        keys = [k for k, wanted in ((("l", a), left), (("r", b), right)) if wanted]
        if not seen.intersection(keys):
            seen.update(keys)
            yield score, a, b


def measure(found, right, total):
    """Counts from the most probable pair down; equal scores stand together."""
    rows = [(score, right(a, b)) for score, a, b in found]
    hits, own, best, careful = 0, (1.0, 0.0), 0.0, 0.0
    for i, (score, hit) in enumerate(rows, 1):
        hits += hit
        precision, recall = hits / i, hits / total
        if score[0] >= 0.5:
            own = precision, recall
        if i < len(rows) and rows[i][0] == score:
            continue
        best = max(best, 2 * hits / (i + total))
        if precision >= 0.999:
            careful = max(careful, recall)
    f1 = 2 * own[0] * own[1] / max(sum(own), 1e-9)
    return [*own, f1, best, careful]


def row(task, system, numbers, seconds, memory):
    print(f"{task:28} {system:16}" + "".join(f" {n:9.4f}" for n in numbers) + f" {seconds:8.1f} {memory:8.0f}", flush=True)


class Bench:
    def __init__(self, vigie, work):
        self.vigie, self.work = vigie, work

    def path(self, name):
        return self.work / name

    def splink(self, task, *files):
        out = self.path(f"{task}.splink.csv")
        return pairs_of(out, run(sys.executable, HERE / "splink_peer.py", task, out, *files))

    def link(self, task, spec, *files):
        self.path("spec.yaml").write_text(spec)
        out = self.path(f"{task}.vigie.csv")
        return pairs_of(out, run(self.vigie, "link", *files, "--spec", self.path("spec.yaml"), "--out", out))

    def febrl4(self, data):
        files = data / "dataset4a.csv", data / "dataset4b.csv"
        number = lambda s: s.split("-")[1]
        same = lambda a, b: number(a) == number(b)
        for system, (found, *cost) in (("vigie", self.link("febrl4", FEBRL, *files)), ("splink", self.splink("febrl4", *files))):
            row("FEBRL 4 link", system, measure(list(each_once(found)), same, 5000), *cost)

    def fake(self, data):
        file = data / "fake_1000.csv"
        cluster = {r["unique_id"]: r["cluster"] for r in table(file)}
        sizes = {}
        for c in cluster.values():
            sizes[c] = sizes.get(c, 0) + 1
        total = sum(n * (n - 1) // 2 for n in sizes.values())
        same = lambda a, b: cluster[a] == cluster[b]
        for system, (found, *cost) in (("vigie", self.link("fake", FAKE, file)), ("splink", self.splink("fake", file))):
            row("fake_1000 deduplicate", system, measure(found, same, total), *cost)

    def french(self, size, recipe, fields):
        country = self.path("country")
        data = self.path("vigie-data")
        if not country.exists():
            run(self.vigie, "synth", "population", "--people", size, "--only", "civil", "--no-relations", "--own-phones", "--out", country)
            cost = run(self.vigie, "registry", "import", "civil", country / "civil", "--data", data)
            print(f"# vigie registry import, {size} people: {cost[0]:.1f} s, {cost[1]:.0f} MB")
        leak = self.path(f"leak-{recipe}-{'-'.join(fields)}")
        options = ["--fields", ",".join(fields)] if fields else []
        run(self.vigie, "synth", "leak", "--registry", country, "--rows", size // 10, "--strangers", 0.4, "--recipe", recipe, "--seed", 7, "--out", leak, *options)
        truth = {r["row"]: r["person_civil"] for r in table(leak / "truth.csv") if r["kind"] == "member"}
        same = lambda a, b: truth.get(a) == b
        task = f"French leak {recipe} {'names+birth' if fields else 'all fields'}"
        out = self.path("matches.jsonl")
        cost = run(self.vigie, "match", leak / "leak.csv", "--registry", "civil", "--all", "--out", out, "--data", data)
        row(task, "vigie, warm", measure(list(each_once(matches(out), right=False)), same, len(truth)), *cost)
        if recipe == "a":
            best, *cost = said(self.vigie, "synth", "optimum", "--registry", country, "--leak", leak)
            f1 = 2 * best["precision"] * best["recall"] / max(best["precision"] + best["recall"], 1e-9)
            row(task, "Bayes optimum", [best["precision"], best["recall"], f1, best["best_f1"], best["recall_at_999"]], *cost)
        found, *cost = self.splink(f"french-{recipe}", leak / "leak.csv", country / "civil" / "persons.csv")
        row(task, "splink", measure(list(each_once(found, right=False)), same, len(truth)), *cost)


def pairs_of(out, cost):
    return pairs(out), *cost


def matches(path):
    with open(path, encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    out = [((m["probability"], m["weight"]), str(m["row"]), m["person"]) for m in found if m["type"] == "match"]
    return sorted(out, reverse=True)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--vigie", required=True, help="the program")
    options.add_argument("--work", required=True, type=Path, help="an empty folder")
    options.add_argument("--size", type=int, default=1_000_000, help="people in the French registry; a tenth as many rows leaked (default %(default)s)")
    options = options.parse_args()
    bench = Bench(options.vigie, options.work)
    print(f"# {os.cpu_count()} cores; seconds are wall clock, training included")
    print(f"{'task':28} {'system':16}" + "".join(f" {h:>9}" for h in ("precision", "recall", "F1", "best F1", "R@P.999")) + f" {'seconds':>8} {'MB':>8}")
    if data := os.environ.get("VIGIE_BENCH_DATA"):
        bench.febrl4(Path(data) / "linkage")
        bench.fake(Path(data) / "linkage")
    for recipe in "ab":
        bench.french(options.size, recipe, [])
        bench.french(options.size, recipe, ["names", "birth_date"])


if __name__ == "__main__":
    main()
