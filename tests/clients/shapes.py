#!/usr/bin/python3
"""Prints the shape of an engine's answers (endpoint, path, JSON type; never values), so that two engines can be compared with diff.

  DOCKER_HOST=unix:///… tests/clients/shapes.py [API version, default 1.41] >shapes.txt
The image busybox:latest must be there. Keys of free maps (labels, networks, ports) are shown as *.
"""

import http.client
import json
import os
import socket
import sys
import time

VERSION = sys.argv[1] if len(sys.argv) > 1 else "1.41"
FREE = {"Labels", "Networks", "Containers", "ExposedPorts", "Volumes", "Ports", "PortBindings", "Options", "DriverOpts", "networks", "Attributes", "Annotations", "Tmpfs", "Sysctls", "IndexConfigs", "Runtimes", "Mirrors", "stats", "Details", "Data", "Args", "Config.Config"}


class Connection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(os.environ["DOCKER_HOST"].replace("unix://", ""))


def call(method, path, body=None):
    connection = Connection("engine")
    connection.request(method, f"/v{VERSION}{path}", json.dumps(body) if body is not None else None, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status >= 400:
        return {"error": text.decode()}
    try:
        return json.loads(text) if text else None
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]


def walk(value, path, out):
    kind = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number", type(None): "null"}[type(value)]
    out.add(f"{path} {kind}")
    if isinstance(value, dict):
        for key, item in value.items():
            name = "*" if path.split(".")[-1] in FREE else key
            walk(item, f"{path}.{name}", out)
    elif isinstance(value, list):
        for item in value:
            walk(item, f"{path}[]", out)


def main():
    out = set()

    def show(name, method, path, body=None):
        value = call(method, path, body)
        walk(value, name, out)
        return value

    since = int(time.time())
    show("version", "GET", "/version")
    show("info", "GET", "/info")
    volume = show("volume create", "POST", "/volumes/create", {"Name": "shape-volume", "Labels": {"a": "b"}})
    network = show("network create", "POST", "/networks/create", {"Name": "shape-network", "Labels": {"a": "b"}, "IPAM": {"Config": [{"Subnet": "10.201.0.0/24"}]}})
    made = show("container create", "POST", "/containers/create?name=shape", {
        "Image": "busybox:latest", "Cmd": ["sleep", "100"], "StopSignal": "SIGKILL", "Labels": {"a": "b"}, "Env": ["A=b"], "ExposedPorts": {"80/tcp": {}},
        "Healthcheck": {"Test": ["CMD", "true"], "Interval": 1000000000},
        "HostConfig": {"NetworkMode": "shape-network", "Binds": ["shape-volume:/data", "/tmp:/host:ro"], "PortBindings": {"80/tcp": [{"HostPort": "23999"}]}, "Tmpfs": {"/t": "size=1m"}, "Ulimits": [{"Name": "nofile", "Soft": 100, "Hard": 100}], "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 1}}})
    identifier = made["Id"]
    show("container inspect (created)", "GET", f"/containers/{identifier}/json")
    call("POST", f"/containers/{identifier}/start")
    time.sleep(1.5)
    show("container inspect (running)", "GET", f"/containers/{identifier}/json?size=1")
    show("container list", "GET", "/containers/json?all=1&size=1")
    show("container top", "GET", f"/containers/{identifier}/top")
    show("container stats", "GET", f"/containers/{identifier}/stats?stream=0")
    exec_ = show("exec create", "POST", f"/containers/{identifier}/exec", {"Cmd": ["touch", "/new"], "AttachStdout": True})
    call("POST", f"/exec/{exec_['Id']}/start", {"Detach": True})
    time.sleep(0.5)
    show("exec inspect", "GET", f"/exec/{exec_['Id']}/json")
    show("container changes", "GET", f"/containers/{identifier}/changes")
    show("container update", "POST", f"/containers/{identifier}/update", {"CpuShares": 100})
    show("network inspect", "GET", "/networks/shape-network")
    show("network inspect (bridge)", "GET", "/networks/bridge")
    show("network list", "GET", "/networks")
    show("volume inspect", "GET", "/volumes/shape-volume")
    show("volume list", "GET", "/volumes")
    call("POST", f"/containers/{identifier}/stop?t=0")
    show("container wait", "POST", f"/containers/{identifier}/wait")
    show("container inspect (exited)", "GET", f"/containers/{identifier}/json")
    show("commit", "POST", f"/commit?container={identifier}&repo=shape-image&comment=c", {})
    show("image inspect", "GET", "/images/shape-image/json")
    show("image list", "GET", "/images/json")
    show("image history", "GET", "/images/shape-image/history")
    show("system df", "GET", "/system/df")
    show("image remove", "DELETE", "/images/shape-image")
    call("DELETE", f"/containers/{identifier}?v=1")
    show("container prune", "POST", "/containers/prune?filters=%7B%22label%22%3A%5B%22nosuch%22%5D%7D")
    show("image prune", "POST", "/images/prune?filters=%7B%22label%22%3A%5B%22nosuch%22%5D%7D")
    show("build prune", "POST", "/build/prune?filters=%7B%22label%22%3A%5B%22nosuch%22%5D%7D")
    show("network prune", "POST", "/networks/prune?filters=%7B%22label%22%3A%5B%22nosuch%22%5D%7D")
    show("volume prune", "POST", "/volumes/prune?filters=%7B%22label%22%3A%5B%22nosuch%22%5D%7D")
    call("DELETE", "/networks/shape-network")
    call("DELETE", "/volumes/shape-volume")
    show("events", "GET", f"/events?since={since}&until={int(time.time()) + 1}")
    show("not found", "GET", "/containers/nosuch/json")
    print("\n".join(sorted(out)))


main()
