"""naru against dockerd, in turns, with one load client for both. Prints a table and writes RESULTS.md."""

import argparse
import concurrent.futures
import datetime
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from engines import Dockerd, Naru, Registry, UnixConnection, run
from results import replace_head
import fixtures

HERE = os.path.dirname(os.path.abspath(__file__))
IMAGE = "busybox:latest"


def timed(action):
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def run_rm(engine):
    """docker run --rm IMAGE /bin/true on the default bridge."""
    return timed(lambda: engine.docker("run", "--rm", IMAGE, "/bin/true"))


def containers(engine, count=60, width=8):
    """Creates and starts containers over the API, several at a time, and then removes them; two times."""
    ids = []

    def start(index):
        connection = UnixConnection(engine.socket)
        answer = engine.request("POST", f"/containers/create?name=load{index}", {"Image": IMAGE, "Cmd": ["sleep", "600"], "StopSignal": "SIGKILL"}, connection)
        identifier = answer.split(b'"')[3].decode()
        engine.request("POST", f"/containers/{identifier}/start", None, connection)
        connection.close()
        return identifier

    with concurrent.futures.ThreadPoolExecutor(width) as pool:
        started = timed(lambda: ids.extend(pool.map(start, range(count))))
        engine.after_start()
        removed = timed(lambda: list(pool.map(lambda identifier: engine.request("DELETE", f"/containers/{identifier}?force=1"), ids)))
    return started, removed


def memory(engine, count=20):
    """Megabytes: resident when idle, and proportional (shared pages count once) for each of some running containers."""
    settle()
    idle, before = engine.resident(), engine.proportional()
    ids = [engine.docker("run", "-d", IMAGE, "sleep", "600", capture_output=True, text=True).stdout.strip() for _ in range(count)]
    settle()
    each = (engine.proportional() - before) / count
    engine.docker("rm", "-f", *ids, capture_output=True)
    return idle / 1e6, each / 1e6


def settle():
    """Gives engines the time to hand back what a burst of work took."""
    time.sleep(12)


def pull(engine, tag):
    seconds = timed(lambda: engine.docker("pull", "-q", tag, stdout=subprocess.DEVNULL))
    # "Durable on disk": what the engine left in the page cache is part of the price.
    seconds += timed(os.sync)
    engine.docker("rmi", tag, stdout=subprocess.DEVNULL)
    return seconds


def write_output(engine, megabytes):
    """A container that writes this much to its standard output, until it is gone."""
    name = "writer"
    lines = megabytes * 1000 * 1000 // 100
    script = f"yes {'x' * 99} | head -n {lines}"
    seconds = timed(lambda: (engine.docker("run", "-d", "--name", name, IMAGE, "sh", "-c", script, stdout=subprocess.DEVNULL), engine.docker("wait", name, stdout=subprocess.DEVNULL)))
    return seconds


def read_logs(engine, megabytes):
    def read():
        process = subprocess.Popen(["docker", "logs", "writer"], stdout=subprocess.PIPE, env={**os.environ, "DOCKER_HOST": "unix://" + engine.socket, "HOME": engine.folder})
        total = 0
        while block := process.stdout.read(1 << 20):
            total += len(block)
        process.wait()
        # Logs are bounded by default, so an engine may have kept less than all; what counts is the time for a byte.
        engine.log_bytes = total

    return timed(read)


def version(engine):
    return timed(lambda: subprocess.run([engine.binary, "version"], stdout=subprocess.DEVNULL, check=True))


class Table:
    def __init__(self):
        self.rows = []

    def add(self, what, naru, dockerd, unit, goal):
        """Medians; the ratio is of the medians."""
        ours, theirs = statistics.median(naru), statistics.median(dockerd) if dockerd else None
        ratio = f"{ours / theirs:.2f}" if theirs else ""
        self.rows.append((what, f"{ours:.3f} {unit}", f"{theirs:.3f} {unit}" if theirs is not None else "", ratio, goal, f"{len(naru)}"))
        print("{:44} {:>14} {:>14} {:>6}   {}".format(*self.rows[-1][:5]), flush=True)

    def markdown(self):
        lines = ["| what | naru | dockerd | ratio | goal | runs |", "| --- | --- | --- | --- | --- | --- |"]
        return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in self.rows])


def in_turns(engines, rounds, measure):
    """Measures each engine in turn, round by round, so that what the machine does meanwhile falls on both."""
    results = {engine.name: [] for engine in engines}
    for number in range(rounds):
        for engine in engines if number % 2 == 0 else reversed(engines):
            results[engine.name].append(measure(engine))
    return results["naru"], results.get("dockerd", [])


def bench(options, naru, dockerd, folder):
    engines = [engine for engine in (naru, dockerd) if engine]
    table = Table()
    small, large = fixtures.prepare(options.fixtures, options.megabytes)
    wanted = lambda name: not options.only or name in options.only.split(",")
    for engine in engines:
        engine.start()
        engine.after_start = lambda: None
        if wanted("memory"):
            settle()
        engine.fresh = engine.resident() / 1e6
        engine.docker("load", "-q", "-i", small, stdout=subprocess.DEVNULL)
        engine.docker("run", "--rm", IMAGE, "/bin/true")

    if wanted("version") and not naru.binary.endswith(".dll"):
        table.add("naru version", [version(naru) * 1000 for _ in range(20)], [], "ms", "< 20 ms")
    if wanted("run"):
        ours, theirs = in_turns(engines, options.rounds * 4, run_rm)
        table.add("docker run --rm IMAGE /bin/true", [x * 1000 for x in ours], [x * 1000 for x in theirs], "ms", "<= 0.30")
    if wanted("load"):
        ours, theirs = in_turns(engines, options.rounds, containers)
        table.add("60 containers, 8 at a time: create and start", [x[0] for x in ours], [x[0] for x in theirs], "s", "<= 0.30")
        table.add("60 containers, 8 at a time: removal", [x[1] for x in ours], [x[1] for x in theirs], "s", "<= 0.30")
    if wanted("memory"):
        table.add("memory idle, as started", [naru.fresh], [dockerd.fresh] if dockerd else [], "MB", "<= 60 MB")
        ours, theirs = in_turns(engines, 1, memory)
        table.add("memory idle, after the load", [x[0] for x in ours], [x[0] for x in theirs], "MB", "<= 60 MB")
        table.add("memory for each running container, proportional", [x[1] for x in ours], [x[1] for x in theirs], "MB", "<= 2.5 MB")
    if wanted("pull"):
        registries = [Registry(engine, f"{folder}/registry") for engine in engines]
        source = engines[-1]
        source.docker("load", "-q", "-i", large, stdout=subprocess.DEVNULL)
        source.docker("push", "-q", "127.0.0.1:5000/large:latest", stdout=subprocess.DEVNULL)
        source.docker("rmi", "127.0.0.1:5000/large:latest", stdout=subprocess.DEVNULL)
        ours, theirs = in_turns(engines, options.rounds, lambda engine: pull(engine, "127.0.0.1:5000/large:latest"))
        table.add(f"pull {options.megabytes} MB in 8 layers, with sync", ours, theirs, "s", "<= 0.60")
        for registry in registries:
            registry.stop()
    if wanted("logs"):
        writes, reads = {}, {}
        for number in range(options.rounds):
            for engine in engines if number % 2 == 0 else reversed(engines):
                writes.setdefault(engine.name, []).append(write_output(engine, options.output))
                seconds = read_logs(engine, options.output)
                reads.setdefault(engine.name, []).append(seconds / (engine.log_bytes / (options.output * 1e6)))
                engine.docker("rm", "-f", "writer", stdout=subprocess.DEVNULL)
        table.add(f"a container writing {options.output} MB", writes["naru"], writes.get("dockerd", []), "s", "<= 1.00")
        table.add(f"docker logs, for {options.output} MB", reads["naru"], reads.get("dockerd", []), "s", "<= 1.00")
    return table


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown processor")
    memory_kb = int(open("/proc/meminfo").readline().split()[1])
    release = next(line.split("=")[1].strip().strip('"') for line in open("/etc/os-release") if line.startswith("PRETTY_NAME"))
    return f"{os.cpu_count()} cores of {model}, {memory_kb / 1e6:.0f} GB, {release}, Linux {platform.release()}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", help="names, comma-separated: version, run, load, memory, pull, logs")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--naru", default=os.path.join(HERE, "..", "out", "naru"))
    parser.add_argument("--alone", action="store_true", help="naru without dockerd")
    parser.add_argument("--megabytes", type=int, default=400, help="size of the pulled image")
    parser.add_argument("--output", type=int, default=200, help="megabytes that a container writes")
    parser.add_argument("--fixtures", default="/var/tmp/naru-bench-fixtures", help="where generated images are kept")
    parser.add_argument("--no-results", action="store_true", help="leave RESULTS.md as it is")
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("bench/run needs root: it starts engines and network namespaces")
    for program in ["docker", "docker-registry"] + ([] if options.alone else ["dockerd"]):
        if not shutil.which(program):
            sys.exit(f"bench/run needs {program}: tests/clients/install brings it")
    folder = tempfile.mkdtemp(prefix="naru-bench-", dir="/var/tmp")
    engines = []
    try:
        naru = Naru(folder, os.path.abspath(options.naru))
        engines.append(naru)
        dockerd = None
        if not options.alone:
            dockerd = Dockerd(folder)
            engines.append(dockerd)
        table = bench(options, naru, dockerd, folder)
    finally:
        for engine in engines:
            engine.stop()
        shutil.rmtree(folder, ignore_errors=True)
    if not options.no_results and not options.only and not options.alone:
        today = datetime.date.today().isoformat()
        theirs = run("dockerd", "--version").stdout.strip()
        replace_head([f"`bench/run` on {today}: {machine()}.", f"Against {theirs}; medians of runs in turns, the ratio is of the medians.", "", table.markdown()])


if __name__ == "__main__":
    main()
