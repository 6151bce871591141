"""The two engines under test: each in a network namespace and in directories of its own, started and ended by process id."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time


def run(*arguments, check=True, **options):
    return subprocess.run(arguments, check=check, capture_output=True, text=True, **options)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout=600):
        super().__init__("engine", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Engine:
    """What both have in common: a namespace, a socket and a plain HTTP client."""

    name = ""

    def __init__(self, folder):
        self.folder = os.path.join(folder, self.name)
        self.netns = f"bench-{self.name}-{os.getpid()}"
        self.socket = ""
        self.process = None
        os.makedirs(self.folder)
        run("ip", "netns", "add", self.netns)
        run("ip", "-n", self.netns, "link", "set", "lo", "up")

    def inside(self, *command):
        return ["nsenter", f"--net=/run/netns/{self.netns}", "--", *command]

    def spawn(self, *command):
        log = open(os.path.join(self.folder, "log"), "ab")
        return subprocess.Popen(self.inside(*command), stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def request(self, method, path, body=None, connection=None, headers=None):
        own = connection or UnixConnection(self.socket)
        data = json.dumps(body) if isinstance(body, (dict, list)) else body
        own.request(method, path, data, {"Content-Type": "application/json", **(headers or {})})
        answer = own.getresponse()
        text = answer.read()
        if connection is None:
            own.close()
        if answer.status >= 400:
            raise RuntimeError(f"{self.name}: {method} {path}: {answer.status} {text[:300]!r}")
        return text

    def docker(self, *arguments, **options):
        environment = {"PATH": os.environ["PATH"], "DOCKER_HOST": "unix://" + self.socket, "HOME": self.folder, "DOCKER_CLI_HINTS": "false"}
        return subprocess.run([DOCKER, *arguments], env=environment, check=True, stdin=subprocess.DEVNULL, **options)

    def wait_until_it_answers(self):
        for _ in range(600):
            try:
                self.request("GET", "/_ping")
                return
            except (OSError, RuntimeError, http.client.HTTPException):
                if self.process.poll() is not None:
                    raise RuntimeError(f"{self.name} ended: {open(os.path.join(self.folder, 'log')).read()[-2000:]}")
                time.sleep(0.05)
        raise RuntimeError(f"{self.name} does not answer")

    def resident(self):
        """Resident bytes of the engine and of the helpers it keeps for running containers, the containers themselves left out."""
        pages = 0
        for pid in self.helpers():
            with open(f"/proc/{pid}/statm") as statm:
                pages += int(statm.read().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def proportional(self):
        """The same in proportional set size, which counts shared pages once."""
        total = 0
        for pid in self.helpers():
            with open(f"/proc/{pid}/smaps_rollup") as rollup:
                total += sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:")) * 1024
        return total

    def helpers(self):
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    command = file.read().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if self.folder in command and self.is_helper(command):
                found.append(pid)
        return found

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
        with open("/proc/self/mountinfo") as mounts:
            below = [line.split()[4] for line in mounts if line.split()[4].startswith(self.folder + "/")]
        for mount in reversed(below):
            run("umount", "-l", mount, check=False)
        run("ip", "netns", "del", self.netns, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


class Naru(Engine):
    name = "naru"

    def __init__(self, folder, binary):
        super().__init__(folder)
        self.binary = binary

    def start(self):
        command = ["dotnet", self.binary] if self.binary.endswith(".dll") else [self.binary]
        directories = ["--data-dir", f"{self.folder}/data", "--run-dir", f"{self.folder}/run"]
        self.process = self.spawn(*command, "up", "--cluster=false", *directories)
        for _ in range(600):
            answer = run(*command, "env", "--run-dir", f"{self.folder}/run", check=False)
            if answer.returncode == 0 and "DOCKER_HOST=" in answer.stdout:
                line = next(line for line in answer.stdout.splitlines() if "DOCKER_HOST=" in line)
                self.socket = line.split("=", 1)[1].strip("'\"").replace("unix://", "")
                break
            if self.process.poll() is not None:
                raise RuntimeError(f"naru ended: {open(os.path.join(self.folder, 'log')).read()[-2000:]}")
            time.sleep(0.05)
        self.wait_until_it_answers()

    def is_helper(self, command):
        return "conmon" in command or " up " in command


class Dockerd(Engine):
    name = "dockerd"

    def start(self):
        self.socket = f"{self.folder}/docker.sock"
        self.process = self.spawn(
            "dockerd", "--data-root", f"{self.folder}/data", "--exec-root", f"{self.folder}/exec", "--pidfile", f"{self.folder}/pid",
            "--host", f"unix://{self.socket}", "--storage-driver", "overlay2", "--log-level", "error")
        self.wait_until_it_answers()

    def is_helper(self, command):
        return True


class Registry:
    """docker-registry on the loopback of an engine's namespace; both engines' registries store in one place."""

    def __init__(self, engine, storage, port=5000):
        config = f"{engine.folder}/registry.yml"
        with open(config, "w") as file:
            file.write(f"version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {storage}\nhttp:\n  addr: 127.0.0.1:{port}\n")
        self.process = engine.spawn("docker-registry", "serve", config)

    def stop(self):
        self.process.terminate()
        self.process.wait()


DOCKER = shutil.which("docker") or "docker"
