"""The control plane under load: builds bench/cluster, runs each scenario against a fresh `naru server` (or any server of a kubeconfig), writes RESULTS.md's section."""

import argparse
import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

from results import replace_section

HERE = os.path.dirname(os.path.abspath(__file__))
HEADING = "## The cluster"
SCENARIOS = {
    "create": ["create"],
    "bind": ["bind"],
    "preloaded": ["--pods", "50000", "--nodes", "5000", "--seconds", "40", "preloaded"],
    "affinity": ["--pods", "10000", "--nodes", "5000", "--seconds", "40", "preloaded-affinity"],
    "spread": ["--pods", "10000", "--nodes", "5000", "--seconds", "40", "preloaded-spread"],
    "watch": ["watch"],
    "protobuf": ["watch-protobuf"],
    "tenth": ["watch-tenth"],
    "nodes": ["watch-nodes"],
    "read": ["read"],
}
GOALS = {
    "idle memory of naru server": "<= 80 MB",
    "create pods, 32 clients": ">= 3000",
    "create and bind pods (plain, 1000 nodes)": ">= 2000",
    "create and bind pods (plain, 1000 nodes): server's processor a pod": "<= 0.5 ms",
    "bind preloaded pods (plain, 5000 nodes)": ">= 10000",
    "bind preloaded pods (affinity, 5000 nodes)": ">= 2000",
    "bind preloaded pods (spread, 5000 nodes)": ">= 2000",
    "1000 watchers: p99": "< 100 ms",
    "1000 watchers, protobuf: p99": "< 100 ms",
    "1000 watchers, one in ten reads: p99": "< 100 ms",
    "1000 watchers, one a node: p99": "< 100 ms",
    "get a pod: p99": "< 5 ms",
    "list 500 pods: p99": "< 50 ms",
}


class Server:
    """`naru server` on a directory of its own."""

    def __init__(self, binary):
        self.folder = tempfile.mkdtemp(prefix="naru-bench-", dir="/var/tmp")
        command = ["dotnet", binary] if binary.endswith(".dll") else [binary]
        with open(f"{self.folder}/log", "w") as log:
            self.process = subprocess.Popen([*command, "server", "--data-dir", f"{self.folder}/data", "--run-dir", f"{self.folder}/run", "--kubernetes-address", "127.0.0.1:0"], stdout=log, stderr=log)
        self.kubeconfig = f"{self.folder}/run/kubeconfig"
        for _ in range(600):
            if os.path.exists(f"{self.folder}/run/ready"):
                return
            time.sleep(0.1)
        self.stop()
        sys.exit("naru server does not become ready")

    def resident(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1000

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


def load(arguments, kubeconfig, pid):
    output = tempfile.NamedTemporaryFile(suffix=".json")
    program = os.path.join(HERE, "cluster/bin/Release/net10.0/Naru.Cluster.Bench.dll")
    subprocess.run(["dotnet", program, "--kubeconfig", kubeconfig, "--json", output.name, *(["--pid", pid] if pid else []), *arguments], check=True)
    return [(row["name"], row["value"], row["unit"]) for row in json.load(output)]


def measure(options):
    rows = []
    if not options.kubeconfig:
        server = Server(options.naru)
        time.sleep(15)
        rows.append(("idle memory of naru server", server.resident(), "MB"))
        print(f"idle memory of naru server {server.resident():.1f} MB")
        server.stop()
    for name in options.only.split(",") if options.only else SCENARIOS:
        server = None if options.kubeconfig else Server(options.naru)
        try:
            rows += load(SCENARIOS[name], options.kubeconfig or server.kubeconfig, options.pid or (str(server.process.pid) if server else None))
        finally:
            if server:
                server.stop()
    return rows


def write(rows, before, after):
    replace_section(HEADING, [
        f"`bench/run cluster` on {datetime.date.today()}, each line against a fresh `naru server`; load generator and server share the machine, whose load average",
        f"was {before:.1f} before the run and {after:.1f} after it. What each number means: [performance.md](../docs/design/performance.md).", "", "| what | naru | goal |", "| --- | --- | --- |",
        *[f"| {name} | {value:.2f} {unit} | {GOALS.get(name, '')} |" for name, value, unit in rows]])


def main():
    parser = argparse.ArgumentParser(prog="bench/run cluster")
    parser.add_argument("--only", help=f"scenarios, comma-separated: {', '.join(SCENARIOS)}")
    parser.add_argument("--naru", default=os.path.join(HERE, "..", "out", "naru"), help="the executable, or naru.dll")
    parser.add_argument("--kubeconfig", help="measure this server in place of naru; RESULTS.md stays as it is")
    parser.add_argument("--pid", help="that server's processes, comma-separated, for their processor time")
    parser.add_argument("--no-results", action="store_true", help="leave RESULTS.md as it is")
    options = parser.parse_args()
    subprocess.run(["dotnet", "build", "-c", "Release", "-v", "quiet", "-clp:ErrorsOnly", os.path.join(HERE, "cluster")], check=True)
    before = os.getloadavg()[0]
    rows = measure(options)
    if not (options.no_results or options.kubeconfig or options.only):
        write(rows, before, os.getloadavg()[0])


if __name__ == "__main__":
    main()
