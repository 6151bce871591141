"""Pods on one machine: runs `naru up`, drives it with kubectl as people do and with docker beside it, writes RESULTS.md's section."""

import argparse
import datetime
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from api import Api
from results import replace_section

HERE = os.path.dirname(os.path.abspath(__file__))
HEADING = "## Pods"
GOALS = {
    "kubectl apply of one pod to Ready": "<= 0.35 s",
    "100 pods: kubectl apply to all Ready": "<= 8 s",
    "SIGKILL under 100 pods: next start to all known": "<= 3 s",
    "idle memory of naru up": "<= 110 MB",
    "idle processor of naru up": "< 1 %",
}
POD = """apiVersion: v1
kind: Pod
metadata: {name: NAME, labels: {run: RUN}}
spec: {terminationGracePeriodSeconds: 0, containers: [{name: c, image: "bench:1", command: [sleep, "100000"]}]}
"""


class Machine:
    """`naru up` on a directory of its own."""

    def __init__(self, binary):
        self.folder = tempfile.mkdtemp(prefix="naru-pods-", dir="/var/tmp")
        self.command = [*(["dotnet", binary] if binary.endswith(".dll") else [binary]), "up", "--data-dir", f"{self.folder}/data", "--run-dir", f"{self.folder}/run", "--kubernetes-address", "127.0.0.1:0"]
        self.environment = {**os.environ, "KUBECONFIG": f"{self.folder}/run/kubeconfig", "DOCKER_HOST": f"unix://{self.folder}/run/docker.sock"}
        self.start()
        root = f"{self.folder}/root"
        os.makedirs(f"{root}/bin")
        shutil.copy("/bin/busybox", f"{root}/bin/busybox")
        os.link(f"{root}/bin/busybox", f"{root}/bin/sleep")
        with subprocess.Popen(["tar", "-C", root, "-c", "."], stdout=subprocess.PIPE) as tar:
            self.run("docker", "import", "-c", "ENV PATH=/bin", "-", "bench:1", stdin=tar.stdout)
        self.run("kubectl", "wait", "--for=condition=Ready", "node", "--all", "--timeout=60s")

    def start(self):
        ready = f"{self.folder}/run/ready"
        if os.path.exists(ready):
            os.remove(ready)
        with open(f"{self.folder}/log", "a") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        for _ in range(6000):
            if os.path.exists(ready):
                self.api = Api(f"{self.folder}/run/kubeconfig")
                return
            time.sleep(0.01)
        sys.exit("naru up does not become ready")

    def run(self, *command, text=None, **options):
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, input=text.encode() if text else None, **options).stdout.decode()

    def apply(self, *pods):
        """Seconds from the start of kubectl until the last pod is ready. Readiness is what the server tells a watch: kubectl wait asks for one pod after the other."""
        begun = time.monotonic()
        command = subprocess.Popen(["kubectl", "apply", "-f", "-"], env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        command.stdin.write("---\n".join(POD.replace("NAME", name).replace("RUN", pods[0]) for name in pods).encode())
        command.stdin.close()
        self.until_ready(set(pods))
        ready = time.monotonic() - begun
        if command.wait() != 0:
            sys.exit("kubectl apply failed")
        return ready

    def until_ready(self, missing):
        pods = "/api/v1/namespaces/default/pods"
        there = self.api.ask("GET", pods)
        missing -= {pod["metadata"]["name"] for pod in there["items"] if is_ready(pod)}
        for _, pod in self.api.changes(pods, there["metadata"]["resourceVersion"]):
            if is_ready(pod):
                missing.discard(pod["metadata"]["name"])
            if not missing:
                return

    def delete(self):
        """Seconds until the last pod is gone; by a watch for the same reason."""
        begun = time.monotonic()
        pods = "/api/v1/namespaces/default/pods"
        there = self.api.ask("GET", pods)
        left = {pod["metadata"]["name"] for pod in there["items"]}
        command = subprocess.Popen(["kubectl", "delete", "pods", "--all", "--now", "--wait=false"], env=self.environment, stdout=subprocess.DEVNULL)
        for kind, pod in self.api.changes(pods, there["metadata"]["resourceVersion"]) if left else ():
            if kind == "DELETED":
                left.discard(pod["metadata"]["name"])
            if not left:
                break
        gone = time.monotonic() - begun
        command.wait()
        return gone

    def processor(self):
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1000

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)


def is_ready(pod):
    return any(one["type"] == "Ready" and one["status"] == "True" for one in pod.get("status", {}).get("conditions", []))


def docker(machine, count):
    begun = time.monotonic()
    for first in range(0, count, 8):
        batch = [subprocess.Popen(["docker", "run", "-d", "--name", f"d{number}", "bench:1", "sleep", "100000"], env=machine.environment, stdout=subprocess.DEVNULL) for number in range(first, min(first + 8, count))]
        for one in batch:
            if one.wait() != 0:
                sys.exit("docker run failed")
    took = time.monotonic() - begun
    machine.run("docker", "rm", "-f", *[f"d{number}" for number in range(count)])
    return took


def measure(machine, args):
    rows = []
    time.sleep(args.settle)
    before = machine.processor()
    time.sleep(args.idle)
    rows.append(("idle memory of naru up", f"{machine.resident():.0f} MB", ""))
    rows.append(("idle processor of naru up", f"{(machine.processor() - before) / args.idle * 100:.2f} %", ""))
    machine.apply("warm")
    single = [machine.apply(f"one{number}") for number in range(args.rounds)]
    beside = [docker(machine, 1) for _ in range(args.rounds)]
    rows.append(("kubectl apply of one pod to Ready", f"{statistics.median(single):.3f} s", f"docker run -d: {statistics.median(beside):.3f} s"))
    machine.delete()
    names = [f"many{number}" for number in range(args.pods)]
    took = machine.apply(*names)
    known = set(machine.run("docker", "ps", "-q", "--no-trunc").split())
    machine.kill()
    begun = time.monotonic()
    machine.start()
    while set(machine.run("docker", "ps", "-q", "--no-trunc").split()) != known:
        if time.monotonic() - begun > 60:
            sys.exit("containers were lost with a killed naru")
        time.sleep(0.02)
    adopted = time.monotonic() - begun
    gone = machine.delete()
    many = docker(machine, args.pods)
    rows.append((f"{args.pods} pods: kubectl apply to all Ready", f"{took:.2f} s", f"{args.pods} docker run -d, 8 at a time: {many:.2f} s"))
    rows.append((f"{args.pods} pods: kubectl delete --now", f"{gone:.2f} s", ""))
    rows.append((f"SIGKILL under {args.pods} pods: next start to all known", f"{adopted:.2f} s", ""))
    rows.append(("memory of naru up after the load", f"{machine.resident():.0f} MB", ""))
    return rows


def write(rows, note):
    load = os.getloadavg()[0]
    text = [f"`bench/run pods` on {datetime.date.today()}, load average {load:.0f} on {os.cpu_count()} processors{note}.", "", "| what | naru | beside | goal |", "| --- | --- | --- | --- |"]
    replace_section(HEADING, text + [f"| {name} | {value} | {beside} | {GOALS.get(name, '')} |" for name, value, beside in rows])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--naru", default=os.path.join(HERE, "..", "out", "naru"))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--pods", type=int, default=100)
    parser.add_argument("--settle", type=float, default=30)
    parser.add_argument("--idle", type=float, default=20)
    parser.add_argument("--note", default="")
    args = parser.parse_args()
    machine = Machine(os.path.abspath(args.naru))
    try:
        rows = measure(machine, args)
        machine.delete()
    finally:
        machine.stop()
    for row in rows:
        print(" | ".join(row))
    write(rows, args.note)


if __name__ == "__main__":
    main()
