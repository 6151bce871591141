"""Images for the bench, made without a registry: Debian's static busybox as a small system, and a large one of 8 layers."""

import hashlib
import io
import json
import os
import random
import subprocess
import tarfile

BUSYBOX = "/bin/busybox"


def add(archive, name, data=b"", mode=0o644, kind=tarfile.REGTYPE, target=""):
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.type, entry.linkname, entry.mtime = len(data), mode, kind, target, 1577836800
    archive.addfile(entry, io.BytesIO(data))


def layer(fill):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        fill(archive)
    return buffer.getvalue()


def write(path, tag, layers):
    digests = [hashlib.sha256(content).hexdigest() for content in layers]
    config = json.dumps({
        "architecture": "amd64", "os": "linux", "created": "2020-01-01T00:00:00Z",
        "config": {"Cmd": ["sh"], "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest for digest in digests]},
        "history": [{"created": "2020-01-01T00:00:00Z", "created_by": "bench"} for _ in digests],
    }).encode()
    name = hashlib.sha256(config).hexdigest() + ".json"
    manifest = [{"Config": name, "RepoTags": [tag], "Layers": [f"{digest}/layer.tar" for digest in digests]}]
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        add(archive, name, config)
        for digest, content in zip(digests, layers):
            add(archive, f"{digest}/layer.tar", content)
        add(archive, "manifest.json", json.dumps(manifest).encode())


def busybox_layer(archive):
    for directory in ["bin", "dev", "etc", "proc", "root", "sys", "tmp", "usr", "usr/bin", "var"]:
        add(archive, directory, mode=0o1777 if directory == "tmp" else 0o755, kind=tarfile.DIRTYPE)
    with open(BUSYBOX, "rb") as file:
        add(archive, "bin/busybox", file.read(), 0o755)
    for applet in subprocess.run([BUSYBOX, "--list"], capture_output=True, text=True, check=True).stdout.split():
        if applet != "busybox":
            add(archive, "bin/" + applet, kind=tarfile.SYMTYPE, target="busybox")
    add(archive, "etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n")
    add(archive, "etc/group", b"root:x:0:\n")


def small(path):
    write(path, "busybox:latest", [layer(busybox_layer)])


def large(path, tag, megabytes, layers):
    """Layers of files of many sizes, two thirds of each random and one third zeros, from a fixed seed."""
    source = random.Random(7)

    def fill(index):
        def body(archive):
            add(archive, f"data{index}", mode=0o755, kind=tarfile.DIRTYPE)
            rest, part = megabytes * 1000 * 1000 // layers, 0
            while rest > 0:
                size = min(rest, source.choice([4096, 65536, 262144, 1 << 20, 4 << 20]))
                add(archive, f"data{index}/part{part:05d}", source.randbytes(size * 2 // 3).ljust(size, b"\0"))
                rest, part = rest - size, part + 1
        return body

    write(path, tag, [layer(fill(index)) for index in range(layers)])


def prepare(folder, megabytes):
    os.makedirs(folder, exist_ok=True)
    small_path, large_path = f"{folder}/busybox.tar", f"{folder}/large-{megabytes}.tar"
    if not os.path.exists(small_path):
        small(small_path)
    if not os.path.exists(large_path):
        large(large_path + ".part", "127.0.0.1:5000/large:latest", megabytes, 8)
        os.rename(large_path + ".part", large_path)
    return small_path, large_path
