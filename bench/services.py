"""Services on one machine: connections and throughput through a cluster address against direct, with many services in the table, and how soon a change of endpoints counts."""

import argparse
import concurrent.futures
import datetime
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from api import Api
from results import replace_section

HERE = os.path.dirname(os.path.abspath(__file__))
HEADING = "## Services"
PORT = 8080
SERVER = r"""
import socket, threading
def echo(client):
    with client:
        while True:
            data = client.recv(1 << 16)
            if not data: return
            if data[:1] == b'p': client.sendall(data)
def serve(port):
    listener = socket.socket(); listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(('', port)); listener.listen(1024)
    while True:
        client, _ = listener.accept(); threading.Thread(target=echo, args=(client,), daemon=True).start()
serve(8080)
"""
CLIENT = r"""
import json, socket, sys, time
def connect(address, port, count):
    times = []
    for _ in range(count):
        begin = time.perf_counter(); one = socket.create_connection((address, port), 5); one.sendall(b'p'); one.recv(1); times.append((time.perf_counter() - begin) * 1e6); one.close()
    return times
def stream(address, port, seconds):
    one = socket.create_connection((address, port), 5); data = b's' * (1 << 16); sent = 0; end = time.perf_counter() + seconds
    while time.perf_counter() < end: one.sendall(data); sent += len(data)
    one.close(); return sent / seconds
out = {}
plan = json.load(sys.stdin)
for turn in range(plan['rounds']):
    for name, (address, port) in plan['places'].items():
        out.setdefault(name, {'times': [], 'rate': []})
        out[name]['times'] += connect(address, port, plan['connections'])
        out[name]['rate'].append(stream(address, port, plan['seconds']))
json.dump(out, sys.stdout)
"""


class Cluster:
    """`naru up` on a directory of its own."""

    def __init__(self, binary):
        self.folder = tempfile.mkdtemp(prefix="naru-bench-", dir="/var/tmp")
        command = ["dotnet", binary] if binary.endswith(".dll") else [binary]
        with open(f"{self.folder}/log", "w") as log:
            self.process = subprocess.Popen([*command, "up", "--data-dir", f"{self.folder}/data", "--run-dir", f"{self.folder}/run", "--kubernetes-address", "127.0.0.1:0", "--ingress-http-address", "off", "--ingress-https-address", "off"], stdout=log, stderr=log)
        for _ in range(600):
            if os.path.exists(f"{self.folder}/run/ready"):
                break
            time.sleep(0.1)
        else:
            self.process.terminate()
            sys.exit(f"naru up does not become ready, see {self.folder}/log")
        self.ask = Api(f"{self.folder}/run/kubeconfig").ask
        self.environment = {**os.environ, "DOCKER_HOST": f"unix://{self.folder}/run/docker.sock"}

    def docker(self, *words):
        return subprocess.run(["docker", *words], env=self.environment, check=True, capture_output=True, text=True).stdout.strip()

    def stop(self):
        # The pods, not their containers: those would be made anew.
        self.ask("DELETE", "/api/v1/namespaces/default/pods?gracePeriodSeconds=0")
        for _ in range(300):
            if not self.docker("ps", "-aq"):
                break
            time.sleep(0.1)
        self.process.terminate()
        self.process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)


def make_image(cluster):
    folder = f"{cluster.folder}/image"
    os.makedirs(folder)
    shutil.copy("/bin/busybox", folder)
    open(f"{folder}/Dockerfile", "w").write('FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox","--install","-s","/bin"]\n')
    subprocess.run(["docker", "build", "-q", "-t", "bb:1", folder], env={**cluster.environment, "DOCKER_BUILDKIT": "0"}, check=True, capture_output=True)


def make_pod(cluster, name, gates=()):
    body = {"metadata": {"name": name, "labels": {"app": name}}, "spec": {"terminationGracePeriodSeconds": 0, "readinessGates": [{"conditionType": gate} for gate in gates],
            "containers": [{"name": "c", "image": "bb:1", "command": ["sleep", "100000"]}]}}
    cluster.ask("POST", "/api/v1/namespaces/default/pods", body)
    for _ in range(600):
        pod = cluster.ask("GET", f"/api/v1/namespaces/default/pods/{name}")
        if any(state.get("state", {}).get("running") for state in pod["status"].get("containerStatuses", [])):
            container = pod["status"]["containerStatuses"][0]["containerID"].split("//")[1]
            return pod["status"]["podIP"], cluster.docker("inspect", "-f", "{{.State.Pid}}", container)
        time.sleep(0.1)
    sys.exit(f"{name} does not run")


def make_service(cluster, name, spec):
    return cluster.ask("POST", "/api/v1/namespaces/default/services", {"metadata": {"name": name}, "spec": spec})["spec"]["clusterIP"]


def fill(cluster, count):
    """Services without selectors, each with two endpoints, as others would have them."""
    def one(number):
        make_service(cluster, f"s{number}", {"ports": [{"port": 80}]})
        cluster.ask("POST", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", {
            "metadata": {"name": f"s{number}", "labels": {"kubernetes.io/service-name": f"s{number}"}}, "addressType": "IPv4", "ports": [{"name": "", "port": 80, "protocol": "TCP"}],
            "endpoints": [{"addresses": [f"10.200.{number // 250}.{number % 250 + part}"]} for part in (1, 2)]})
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(one, range(count)))


def elements(kind):
    total = 0
    for line in subprocess.run(["nft", "list", "tables"], capture_output=True, text=True).stdout.splitlines():
        if line.endswith("_services"):
            total += subprocess.run(["nft", "list", "map", "inet", line.split()[2], kind], capture_output=True, text=True).stdout.count("goto")
    return total


def measure(client, places, rounds, connections, seconds):
    plan = {"places": places, "rounds": rounds, "connections": connections, "seconds": seconds}
    out = subprocess.run(["nsenter", "-t", client, "-n", "python3", "-c", CLIENT], input=json.dumps(plan), check=True, capture_output=True, text=True).stdout
    return json.loads(out)


def quantile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def endpoint_change(cluster, address, turns):
    """From the acknowledged write of a slice until a new connection obeys it."""
    times = []
    path = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/changing"
    for turn in range(turns):
        ready = turn % 2 == 1
        cluster.ask("PATCH", path, [{"op": "replace", "path": "/endpoints/0/conditions/ready", "value": ready}], "application/json-patch+json")
        begin = time.perf_counter()
        while reaches(address, 80) != ready:
            if time.perf_counter() - begin > 5:
                sys.exit("a change of endpoints never counts")
        times.append((time.perf_counter() - begin) * 1000)
    return times


def readiness_change(cluster, address, turns):
    """The same from the write of a pod's readiness gate: the agent, the slices' controller and the table have their part in it."""
    times = []
    for turn in range(turns):
        ready = turn % 2 == 0
        cluster.ask("PATCH", "/api/v1/namespaces/default/pods/gated/status", {"status": {"conditions": [{"type": "bench/gate", "status": str(ready)}]}}, "application/strategic-merge-patch+json")
        begin = time.perf_counter()
        while reaches(address, 80) != ready:
            if time.perf_counter() - begin > 10:
                sys.exit("a change of readiness never counts")
        times.append((time.perf_counter() - begin) * 1000)
    return times


def reaches(address, port):
    """With one answer: connections that nobody waits for pile up behind the server's accept, until the kernel drops one in silence and a second is lost that no table had a part in."""
    try:
        with socket.create_connection((address, port), 1) as one:
            one.sendall(b"p")
            return one.recv(1) == b"p"
    except OSError:
        return False


def report(rows, note):
    lines = [f"`bench/run services` on {datetime.date.today()}: {note}", "", "| what | value | goal |", "| --- | --- | --- |"]
    lines += [f"| {what} | {value} | {goal} |" for what, value, goal in rows]
    replace_section(HEADING, lines)
    print("\n".join(lines))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--naru", default=f"{HERE}/../out/naru")
    parser.add_argument("--services", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    cluster = Cluster(os.path.abspath(options.naru))
    server = None
    try:
        make_image(cluster)
        target, inside = make_pod(cluster, "server")
        _, client = make_pod(cluster, "client")
        gated, gated_inside = make_pod(cluster, "gated", ["bench/gate"])
        server = [subprocess.Popen(["nsenter", "-t", pid, "-n", "python3", "-c", SERVER]) for pid in (inside, gated_inside)]
        address = make_service(cluster, "bench", {"selector": {"app": "server"}, "ports": [{"port": 80, "targetPort": PORT}]})
        changing = make_service(cluster, "changing", {"ports": [{"port": 80}]})
        readiness = make_service(cluster, "gated", {"selector": {"app": "gated"}, "ports": [{"port": 80, "targetPort": PORT}]})
        cluster.ask("POST", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", {
            "metadata": {"name": "changing", "labels": {"kubernetes.io/service-name": "changing"}}, "addressType": "IPv4", "ports": [{"name": "", "port": PORT, "protocol": "TCP"}],
            "endpoints": [{"addresses": [target], "conditions": {"ready": True}, "nodeName": "bench"}]})
        begin = time.perf_counter()
        fill(cluster, options.services)
        while elements("inside4") < options.services:
            if time.perf_counter() - begin > 600:
                sys.exit("the table never holds all services")
            time.sleep(0.5)
        filled = time.perf_counter() - begin
        places = {"direct": (target, PORT), "service": (address, 80)}
        seen = measure(client, places, *((2, 200, 0.5) if options.quick else (options.rounds, 1000, 2)))
        rows = [(f"{options.services} services with two endpoints each, made by 16 clients until all are in the table", f"{filled:.1f} s", "")]
        for part, name in ((0.5, "median"), (0.99, "p99")):
            direct, through = (quantile(seen[way]["times"], part) for way in places)
            rows.append((f"connection and one answer: {name}, direct / through the service", f"{direct:.0f} µs / {through:.0f} µs", "within 50 µs" if part == 0.99 else ""))
        direct, through = (statistics.median(seen[way]["rate"]) for way in places)
        rows.append(("one stream, direct / through the service", f"{direct / 1e6:.0f} MB/s / {through / 1e6:.0f} MB/s ({through / direct:.3f})", ">= 0.95"))
        turns = 6 if options.quick else 20
        for what, times in (("a slice's change until new connections obey it", endpoint_change(cluster, changing, turns)), ("a pod's readiness until new connections obey it", readiness_change(cluster, readiness, turns))):
            rows.append((f"{what}: median / longest of {turns}", f"{statistics.median(times):.0f} ms / {max(times):.0f} ms", "< 300 ms"))
        load = os.getloadavg()[0]
        report(rows, f"{os.cpu_count()} cores, {os.uname().release}, load average {load:.0f} from other work meanwhile, {options.services} services in the table.")
    finally:
        for one in server or []:
            one.kill()
        cluster.stop()


if __name__ == "__main__":
    main()
