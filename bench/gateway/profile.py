"""JFR samples on standard input -> where the time goes, by the innermost frame that belongs to a known part."""
import collections
import re
import sys

PARTS = (
    ("socket writes", r"sun\.nio\.ch\..*write|SocketDispatcher\.write|FileDispatcherImpl\.writev?0"),
    ("socket reads", r"sun\.nio\.ch\..*read|SocketDispatcher\.read"),
    ("select", r"EPoll|SelectorImpl|WEPoll"),
    ("Redis (Lettuce)", r"io\.lettuce\."),
    ("PostgreSQL (JDBC)", r"org\.postgresql\.|io\.agroal\."),
    ("JSON", r"com\.fasterxml\.jackson\.|io\.weir\.gateway\.dialect\."),
    ("Weir: tenancy", r"io\.weir\.tenancy\."),
    ("Weir: engine pool", r"io\.weir\.engine\.pool\."),
    ("Weir: pipeline and router", r"io\.weir\.(gateway\.pipeline|router|gateway\.guard)\."),
    ("Weir: edge", r"io\.weir\.gateway\."),
    ("SmallRye Fault Tolerance", r"io\.smallrye\.faulttolerance\."),
    ("security", r"io\.quarkus\.security|io\.quarkus\.vertx\.http\.runtime\.security|java\.security|sun\.security"),
    ("RESTEasy Reactive", r"org\.jboss\.resteasy|io\.quarkus\.resteasy"),
    ("Vert.x and Netty", r"io\.vertx\.|io\.netty\.|io\.quarkus\.vertx"),
    ("virtual threads", r"java\.util\.concurrent\.|java\.lang\.VirtualThread|jdk\.internal\.vm\.Continuation|java\.lang\.ThreadBuilders"),
)

counts = collections.Counter()
for event in sys.stdin.read().split("jdk.")[1:]:
    frames = re.findall(r"^\s{4,}([\w.$]+)\(", event, re.M)
    if not frames or "socketRead0" in event:
        continue
    for frame in frames:
        part = next((name for name, pattern in PARTS if re.search(pattern, frame)), None)
        if part:
            counts[part] += 1
            break
    else:
        counts["other"] += 1

total = sum(counts.values())
print(f"\nwhere the time goes ({total} samples at 64 connections):")
for part, count in counts.most_common():
    print(f"  {100 * count / total:5.1f}%  {part}")
