"""Rows on standard input -> a table of medians over the interleaved rounds."""
import statistics
import sys

rows = {}
for line in sys.stdin:
    name, connections, p50, p99, rate, errors = line.split()
    rows.setdefault((int(connections), name), []).append((float(p50), float(p99), float(rate), int(errors)))

print("| gateway | connections | p50 ms | p99 ms | requests a second | min-max | not answered |")
print("|---|---|---|---|---|---|---|")
for name in ("none", "haproxy", "weir"):
    for connections in sorted({key[0] for key in rows}):
        runs = rows[(connections, name)]
        p50, p99, rate = (statistics.median(run[i] for run in runs) for i in range(3))
        rates = [run[2] for run in runs]
        errors = sum(run[3] for run in runs)
        print(f"| {name} | {connections} | {p50:.2f} | {p99:.2f} | {rate:,.0f} | {min(rates):,.0f}-{max(rates):,.0f} | {errors} |")
