"""One wrk report on standard input -> one row: name, connections, p50 ms, p99 ms, requests a second, answers that were not 2xx."""
import re
import sys

UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def latency(report, percent):
    value, unit = re.search(rf"^\s+{percent}%\s+([\d.]+)(us|ms|s)\s*$", report, re.M).groups()
    return float(value) * UNITS[unit]


report = sys.stdin.read()
rate = float(re.search(r"Requests/sec:\s+([\d.]+)", report).group(1))
failed = re.search(r"Non-2xx or 3xx responses: (\d+)", report)
broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", report)
errors = int(failed.group(1)) if failed else 0
errors += sum(map(int, broken.groups())) if broken else 0
print(sys.argv[1], sys.argv[2], latency(report, 50), latency(report, 99), rate, errors)
