"""What programs written with docker-py rely on, each behaviour a test. DOCKER_HOST names the engine; busybox:latest must be there."""

import io
import os
import random
import socket
import struct
import sys
import tarfile
import tempfile
import threading
import time
import unittest

import docker
from docker import errors, types

IMAGE = "busybox:latest"


def tar_of(**files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


class Case(unittest.TestCase):
    def setUp(self):
        self.docker = docker.from_env(timeout=60)
        self.api = self.docker.api
        self.doomed = []
        self.addCleanup(self.tidy)

    def tidy(self):
        for identifier in self.doomed:
            try:
                self.api.remove_container(identifier, force=True, v=True)
            except errors.NotFound:
                pass
        self.docker.close()

    def create(self, command, image=IMAGE, **options):
        host = {name: options.pop(name) for name in list(options) if name in HOST_OPTIONS}
        if host:
            options["host_config"] = self.api.create_host_config(**host)
        identifier = self.api.create_container(image, command, **options)["Id"]
        self.doomed.append(identifier)
        return identifier

    def start(self, command, **options):
        identifier = self.create(command, **options)
        self.api.start(identifier)
        return identifier

    def output(self, command, expected=0, **options):
        identifier = self.start(command, **options)
        code = self.api.wait(identifier)["StatusCode"]
        text = self.api.logs(identifier).decode()
        self.assertEqual(expected, code, text)
        return text.strip()

    def network(self, **options):
        name = f"py-{random.randrange(1 << 40):x}"
        self.api.create_network(name, **options)
        self.addCleanup(self.remove_network, name)
        return name

    def remove_network(self, name):
        for identifier in self.doomed:
            try:
                self.api.remove_container(identifier, force=True, v=True)
            except errors.NotFound:
                pass
        try:
            self.api.remove_network(name)
        except errors.NotFound:
            pass

    def eventually(self, condition):
        for _ in range(1200):
            if condition():
                return
            time.sleep(0.05)
        self.fail("it did not happen in time")


HOST_OPTIONS = {
    "pid_mode", "network_mode", "links", "restart_policy", "volumes_from", "group_add", "log_config", "mem_limit", "memswap_limit", "mem_swappiness",
    "tmpfs", "isolation", "auto_remove", "init", "device_cgroup_rules", "uts_mode", "binds", "mounts", "port_bindings", "publish_all_ports",
    "cpu_shares", "cpuset_cpus", "privileged", "read_only", "cap_add", "cap_drop", "dns", "extra_hosts", "ulimits", "shm_size", "security_opt", "ipc_mode", "sysctls", "pids_limit", "nano_cpus", "oom_kill_disable",
}


class Creation(Case):
    def test_listed_with_command_and_image(self):
        identifier = self.start("true")
        found = [c for c in self.api.containers(all=True) if c["Id"] == identifier]
        self.assertEqual(1, len(found))
        self.assertEqual(("true", IMAGE), (found[0]["Command"], found[0]["Image"]))
        self.assertIn("Status", found[0])

    def test_limit_and_latest(self):
        self.create("true")
        identifier = self.create("true")
        self.assertEqual([identifier], [c["Id"] for c in self.api.containers(limit=1)])
        self.assertEqual([identifier], [c["Id"] for c in self.api.containers(latest=True)])
        self.assertEqual([identifier[:12]], [c["Id"][:12] for c in self.api.containers(quiet=True, limit=1)])

    def test_since_and_before(self):
        first, second, third = (self.create("true") for _ in range(3))
        ours = lambda **filters: {c["Id"] for c in self.api.containers(all=True, filters=filters)} & {first, second, third}
        self.assertEqual({second, third}, ours(since=first))
        self.assertEqual({first}, ours(before=second))

    def test_host_pid_mode(self):
        identifier = self.start("true", pid_mode="host", network_mode="none")
        self.assertEqual("host", self.api.inspect_container(identifier)["HostConfig"]["PidMode"])

    def test_links_give_variables_and_names(self):
        other = self.start("sleep 100", environment={"FOO": "1"}, stop_signal="KILL")
        name = self.api.inspect_container(other)["Name"][1:]
        text = self.output("env", links={name: "mylink"}, network_mode="bridge")
        self.assertIn("MYLINK_NAME=", text)
        self.assertIn("MYLINK_ENV_FOO=1", text)
        self.assertIn("mylink", self.output("cat /etc/hosts", links={name: "mylink"}, network_mode="bridge"))

    def test_restarting_container_cannot_be_removed(self):
        identifier = self.start(["sleep", "1"], restart_policy={"Name": "always", "MaximumRetryCount": 0}, network_mode="none")
        self.api.wait(identifier)
        with self.assertRaises(errors.APIError) as caught:
            self.api.remove_container(identifier)
        self.assertRegex(caught.exception.explanation, "(?i)cannot remove ")
        self.api.remove_container(identifier, force=True)

    def test_volumes_from(self):
        first = self.create("true", volumes=["/one"])
        second = self.create("true", volumes=["/two"])
        identifier = self.start("true", volumes_from=[first, second], network_mode="none")
        self.assertEqual({"/one", "/two"}, {mount["Destination"] for mount in self.api.inspect_container(identifier)["Mounts"]})

    def test_mac_address(self):
        identifier = self.start("sleep 60", mac_address="02:42:ac:11:00:0a", stop_signal="KILL")
        self.assertEqual("02:42:ac:11:00:0a", self.api.inspect_container(identifier)["NetworkSettings"]["MacAddress"])

    def test_groups_as_numbers_and_words(self):
        for groups in ([1000, 1001], ["1000", "1001"]):
            self.assertLessEqual({"1000", "1001"}, set(self.output("id -G", group_add=groups).split()))

    def test_log_driver_with_options(self):
        identifier = self.start(["true"], log_config=types.LogConfig(type="json-file", config={"max-file": "100"}))
        kept = self.api.inspect_container(identifier)["HostConfig"]["LogConfig"]
        self.assertEqual(("json-file", {"max-file": "100"}), (kept["Type"], kept["Config"]))

    def test_log_driver_unknown(self):
        with self.assertRaises(errors.APIError) as caught:
            self.start(["true"], log_config=types.LogConfig(type="asdf-nope", config={}))
        self.assertIn(caught.exception.explanation, ["logger: no log driver named 'asdf-nope' is registered", 'error looking up logging plugin asdf-nope: plugin "asdf-nope" not found'])

    def test_log_driver_empty_is_json_file(self):
        identifier = self.start(["true"], log_config=types.LogConfig(type="", config={"max-file": "100"}))
        kept = self.api.inspect_container(identifier)["HostConfig"]["LogConfig"]
        self.assertEqual(("json-file", {"max-file": "100"}), (kept["Type"], kept["Config"]))

    def test_log_driver_without_options(self):
        identifier = self.start(["true"], log_config=types.LogConfig(type="json-file", config=None))
        self.assertEqual({}, self.api.inspect_container(identifier)["HostConfig"]["LogConfig"]["Config"])

    def test_memory(self):
        identifier = self.start("true", mem_limit="700M", memswap_limit="1G")
        host = self.api.inspect_container(identifier)["HostConfig"]
        self.assertEqual((700 << 20, 1 << 30), (host["Memory"], host["MemorySwap"]))

    def test_swappiness(self):
        identifier = self.start("true", mem_swappiness=40)
        self.assertEqual(40, self.api.inspect_container(identifier)["HostConfig"]["MemorySwappiness"])

    def test_variable_without_value(self):
        identifier = self.create(["echo"], environment={"Foo": None, "Other": "one", "Blank": ""})
        self.assertLessEqual({"Foo", "Other=one", "Blank="}, set(self.api.inspect_container(identifier)["Config"]["Env"]))

    def test_options_that_inspect_repeats(self):
        for options, path, expected in [
            ({"tmpfs": {"/tmp1": "size=3M"}}, "HostConfig.Tmpfs", {"/tmp1": "size=3M"}),
            ({"isolation": "default"}, "HostConfig.Isolation", "default"),
            ({"auto_remove": True}, "HostConfig.AutoRemove", True),
            ({"stop_timeout": 25}, "Config.StopTimeout", 25),
            ({"init": True}, "HostConfig.Init", True),
            ({"uts_mode": "host"}, "HostConfig.UTSMode", "host"),
            ({"device_cgroup_rules": ["c 7:128 rwm"]}, "HostConfig.DeviceCgroupRules", ["c 7:128 rwm"]),
            ({"cpu_shares": 512}, "HostConfig.CpuShares", 512),
            ({"cpuset_cpus": "0"}, "HostConfig.CpusetCpus", "0"),
            ({"nano_cpus": 500000000}, "HostConfig.NanoCpus", 500000000),
            ({"pids_limit": 50}, "HostConfig.PidsLimit", 50),
            ({"shm_size": "3M"}, "HostConfig.ShmSize", 3 << 20),
            ({"stop_signal": "SIGINT"}, "Config.StopSignal", "SIGINT"),
            ({"labels": {"a": "b"}}, "Config.Labels", {"a": "b"}),
            ({"labels": ["a", "c"]}, "Config.Labels", {"a": "", "c": ""}),
            ({"hostname": "x", "domainname": "y.z"}, "Config.Domainname", "y.z"),
            ({"working_dir": "/w"}, "Config.WorkingDir", "/w"),
            ({"user": 1000}, "Config.User", "1000"),
            ({"entrypoint": "top -n1"}, "Config.Entrypoint", ["top", "-n1"]),
            ({"tty": True, "stdin_open": True}, "Config.Tty", True),
            ({"cap_add": ["NET_ADMIN"], "cap_drop": ["MKNOD"]}, "HostConfig.CapDrop", ["MKNOD"]),
            ({"ipc_mode": "private"}, "HostConfig.IpcMode", "private"),
            ({"read_only": True}, "HostConfig.ReadonlyRootfs", True),
            ({"privileged": True}, "HostConfig.Privileged", True),
            ({"sysctls": {"net.core.somaxconn": 1024}}, "HostConfig.Sysctls", {"net.core.somaxconn": "1024"}),
            ({"ulimits": [types.Ulimit(name="nofile", soft=100, hard=200)]}, "HostConfig.Ulimits", [{"Name": "nofile", "Soft": 100, "Hard": 200}]),
            ({"extra_hosts": {"a": "1.2.3.4"}}, "HostConfig.ExtraHosts", ["a:1.2.3.4"]),
        ]:
            with self.subTest(path=path):
                found = self.api.inspect_container(self.create(["true"], **options))
                for part in path.split("."):
                    found = found[part]
                self.assertEqual(expected, found)

    def test_read_only_and_privileged_take_effect(self):
        self.assertNotEqual("", self.output(["mkdir", "/shrine"], expected=1, read_only=True))
        self.assertEqual("", self.output("mount -t tmpfs none /mnt", privileged=True))

    def test_unknown_image(self):
        with self.assertRaises(errors.ImageNotFound) as caught:
            self.api.create_container("dockerpytest_nosuchimage", "true")
        self.assertIn("No such image: dockerpytest_nosuchimage", caught.exception.explanation)

    def test_bad_values_are_refused(self):
        for body, code in [({"mem_limit": 1}, 400), ({"network_mode": "container:nosuch"}, (404, 409)), ({"restart_policy": {"Name": "nosuch"}}, 400), ({"cpuset_cpus": "99"}, 400), ({"binds": ["relative:/x/../:bad"]}, None)]:
            with self.subTest(body=body):
                with self.assertRaises(errors.APIError) as caught:
                    self.start("true", **body)
                if isinstance(code, int):
                    self.assertEqual(code, caught.exception.response.status_code, caught.exception.explanation)
        with self.assertRaises(errors.APIError):
            self.create("true", name="bad name")


class Mounting(Case):
    def bind(self, how):
        folder = tempfile.mkdtemp(prefix="naru-e2e-py-")
        self.addCleanup(lambda: __import__("shutil").rmtree(folder))
        return folder, how(folder)

    def check(self, mount, source, writable):
        self.assertEqual(("bind", source, "/mnt/x", writable), (mount["Type"], mount["Source"], mount["Destination"], mount["RW"]))

    def test_bind_writable_and_read_only(self):
        for mode, writable in [("rw", True), ("ro", False)]:
            folder, binds = self.bind(lambda f: {f: {"bind": "/mnt/x", "mode": mode}})
            identifier = self.start(["sh", "-c", "touch /mnt/x/made"], binds=binds, network_mode="none")
            self.api.wait(identifier)
            self.assertEqual(writable, os.path.exists(folder + "/made"))
            self.check(self.api.inspect_container(identifier)["Mounts"][0], folder, writable)

    def test_mounts(self):
        folder, mount = self.bind(lambda f: types.Mount(type="bind", source=f, target="/mnt/x", read_only=True))
        identifier = self.start(["true"], mounts=[mount], network_mode="none")
        self.check(self.api.inspect_container(identifier)["Mounts"][0], folder, False)

    def test_volume_mount_with_labels(self):
        name = f"py-{random.randrange(1 << 40):x}"
        mount = types.Mount(type="volume", source=name, target="/mnt/x", labels={"made": "here"}, no_copy=True)
        identifier = self.start(["true"], mounts=[mount])
        self.api.wait(identifier)
        self.assertEqual({"made": "here"}, self.api.inspect_volume(name)["Labels"])
        self.api.remove_container(identifier)
        self.api.remove_volume(name)


    def test_device_rules_take_effect(self):
        path = "/sys/fs/cgroup/devices/devices.list"
        if not os.path.exists(path):
            self.skipTest("the host has no device controller of version 1")
        self.assertIn("c 7:128 rwm", self.output("cat " + path, device_cgroup_rules=["c 7:128 rwm"]))

    def test_bind_with_old_words(self):
        folder, binds = self.bind(lambda f: {f: {"bind": "/mnt/x", "ro": True}})
        identifier = self.start(["true"], binds=binds, volumes={"/mnt/x": {}}, network_mode="none")
        self.check(self.api.inspect_container(identifier)["Mounts"][0], folder, False)


class Archives(Case):
    def test_tree_into_a_volume(self):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            for name, kind in [("foo", tarfile.DIRTYPE), ("bar", tarfile.DIRTYPE), ("a.py", tarfile.REGTYPE), ("foo/b.py", tarfile.REGTYPE)]:
                entry = tarfile.TarInfo(name)
                entry.type, entry.mode = kind, 0o755
                archive.addfile(entry)
        identifier = self.create("ls -p /vol1", volumes=["/vol1"])
        self.api.put_archive(identifier, "/vol1", buffer.getvalue())
        self.api.start(identifier)
        self.api.wait(identifier)
        self.assertEqual({"a.py", "foo/", "bar/"}, set(self.api.logs(identifier).decode().split()))

    def test_get_file_with_stat(self):
        identifier = self.start(["sh", "-c", "echo content >/tmp/file"])
        self.api.wait(identifier)
        stream, stat = self.api.get_archive(identifier, "/tmp/file")
        with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as archive:
            self.assertEqual(b"content\n", archive.extractfile("file").read())
        self.assertEqual(("file", 8), (stat["name"], stat["size"]))
        self.assertIn("mode", stat)
        self.assertIn("linkTarget", stat)

    def test_put_and_read_back(self):
        identifier = self.create("cat /tmp/given")
        self.assertTrue(self.api.put_archive(identifier, "/tmp", tar_of(given="hello")))
        self.api.start(identifier)
        self.api.wait(identifier)
        self.assertEqual(b"hello", self.api.logs(identifier))

    def test_missing_path(self):
        identifier = self.create("true")
        with self.assertRaises(errors.NotFound):
            self.api.get_archive(identifier, "/nosuchfile")
        with self.assertRaises(errors.NotFound):
            self.api.put_archive(identifier, "/nosuchfolder", tar_of(a="b"))


class Life(Case):
    def test_rename_start_wait_stop_kill(self):
        identifier = self.create(["sleep", "100"], stop_signal="KILL")
        self.api.rename(identifier, f"py-{identifier[:6]}")
        self.assertEqual(f"/py-{identifier[:6]}", self.api.inspect_container(identifier)["Name"])
        self.api.start({"Id": identifier})
        self.assertTrue(self.api.inspect_container(identifier)["State"]["Running"])
        self.api.stop(identifier, timeout=1)
        state = self.api.inspect_container(identifier)["State"]
        self.assertFalse(state["Running"])
        self.assertNotEqual(0, state["ExitCode"])
        self.api.restart(identifier, timeout=0)
        self.assertNotEqual(state["StartedAt"], self.api.inspect_container(identifier)["State"]["StartedAt"])
        self.api.kill(identifier, signal=9)
        self.assertEqual(137, self.api.wait(identifier)["StatusCode"])
        with self.assertRaises(errors.APIError) as caught:
            self.api.kill(identifier)
        self.assertEqual(409, caught.exception.response.status_code)
        self.assertIn("is not running", caught.exception.explanation)

    def test_kill_returns_when_it_is_dead(self):
        for _ in range(5):
            identifier = self.start("sleep 9999")
            self.api.kill(identifier)
            state = self.api.inspect_container(identifier)["State"]
            self.assertEqual((False, 137), (state["Running"], state["ExitCode"]))

    def test_commands_as_text(self):
        for command in ["true", 'echo "a & b"', 'echo -n "a"', '/bin/sh -c "echo Hello World"', "/bin/sh -c 'echo \"Hello World\"'", 'echo "\\"x\\""', 'true && echo "y"']:
            self.output(command)

    def test_wait_until_removed(self):
        import requests
        identifier = self.create("true")
        with self.assertRaises((requests.exceptions.ConnectionError, requests.exceptions.ReadTimeout)):
            self.api.wait(identifier, condition="removed", timeout=1)
        identifier = self.start(["sleep", "4"], auto_remove=True)
        self.assertEqual(0, self.api.wait(identifier, condition="removed", timeout=60)["StatusCode"])

    def test_top_has_docker_columns(self):
        identifier = self.start(["sleep", "60"], stop_signal="KILL")
        self.assertEqual(["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"], self.api.top(identifier)["Titles"])
        aux = self.api.top(identifier, "waux")
        self.assertEqual(["USER", "PID", "%CPU", "%MEM", "VSZ", "RSS", "TTY", "STAT", "START", "TIME", "COMMAND"], aux["Titles"])
        # A started process is for a moment still the runtime's, which is about to execute it.
        self.eventually(lambda: self.api.top(identifier, "waux")["Processes"][0][10] == "sleep 60")

    def test_diff_is_exact(self):
        identifier = self.start(["touch", "/test"])
        self.api.wait(identifier)
        self.assertEqual([{"Path": "/test", "Kind": 1}], self.api.diff(identifier))

    def test_ports_of_a_model(self):
        for wanted in [None, ("127.0.0.1", 21111), [21234, 24567]]:
            container = self.docker.containers.run(IMAGE, "sleep 100", detach=True, ports={"2222/tcp": wanted}, stop_signal="KILL")
            self.doomed.append(container.id)
            container.reload()
            self.assertEqual(["2222/tcp"], list(container.ports))
            for port in container.ports["2222/tcp"]:
                self.assertEqual({"HostIp", "HostPort"}, set(port))
                self.assertGreater(int(port["HostPort"]), 0)
            container.remove(force=True)

    def test_start_and_stop_twice_are_no_errors(self):
        identifier = self.start("sleep 100", stop_signal="KILL")
        self.api.start(identifier)
        self.api.stop(identifier, timeout=0)
        self.api.stop(identifier, timeout=0)

    def test_wait_conditions(self):
        identifier = self.create(["sh", "-c", "exit 3"])
        # The head of the answer says that the engine waits: only then may it start.
        waiting = self.api._post(self.api._url("/containers/{0}/wait", identifier), params={"condition": "next-exit"}, stream=True)
        self.api.start(identifier)
        self.assertEqual(3, waiting.json()["StatusCode"])
        self.assertEqual(3, self.api.wait(identifier, condition="not-running")["StatusCode"])

    def test_logs_tail_and_follow_and_dates(self):
        identifier = self.start(["sh", "-c", "echo one; echo two; sleep 0.5; echo three"])
        self.assertEqual(b"one\ntwo\nthree\n", b"".join(self.api.logs(identifier, stream=True, follow=True)))
        self.assertEqual(b"three\n", self.api.logs(identifier, tail=1))
        self.assertEqual(b"", self.api.logs(identifier, tail=0))
        self.assertEqual(b"", self.api.logs(identifier, since=int(time.time()) + 1000))
        self.assertEqual(b"", self.api.logs(identifier, until=1))
        self.assertRegex(self.api.logs(identifier, timestamps=True).decode(), r"^\d{4}-\d\d-\d\dT[\d:]+\.\d+Z one\n")

    def test_following_logs_can_be_given_up(self):
        identifier = self.start(["sh", "-c", "echo one; sleep 100"], stop_signal="KILL")
        stream = self.docker.containers.get(identifier).logs(stream=True, follow=True)
        self.assertEqual(b"one\n", next(stream))
        threading.Timer(0.3, stream.close).start()
        self.assertEqual([], list(stream))

    def test_diff(self):
        identifier = self.start(["touch", "/test"])
        self.api.wait(identifier)
        self.assertEqual([1], [change["Kind"] for change in self.api.diff(identifier) if change["Path"] == "/test"])

    def test_ports(self):
        identifier = self.start("sleep 60", ports=[8080, (9090, "udp")], port_bindings={8080: ("127.0.0.1", 28080), "9090/udp": 29090}, stop_signal="KILL")
        self.assertEqual([{"HostIp": "127.0.0.1", "HostPort": "28080"}], self.api.port(identifier, 8080))
        self.assertEqual("29090", self.api.port(identifier, 9090)[0]["HostPort"])
        found = self.api.inspect_container(identifier)["NetworkSettings"]["Ports"]
        self.assertEqual({"8080/tcp", "9090/udp"}, set(found))

    def test_both_protocols_on_random_ports(self):
        identifier = self.start(["sleep", "60"], ports=[2000, (2000, "udp")], port_bindings={"2000/tcp": ("127.0.0.1",), "2000/udp": ("127.0.0.1",)}, stop_signal="KILL")
        found = self.api.inspect_container(identifier)["NetworkSettings"]["Ports"]
        self.assertTrue(int(found["2000/tcp"][0]["HostPort"]) > 0 and int(found["2000/udp"][0]["HostPort"]) > 0)

    def test_top(self):
        identifier = self.start(["sleep", "60"], stop_signal="KILL")
        self.eventually(lambda: self.api.top(identifier)["Processes"][0][-1] == "sleep 60")
        self.assertIn("PID", self.api.top(identifier)["Titles"])
        self.assertIn("%CPU", self.api.top(identifier, "waux")["Titles"])

    def test_pause(self):
        identifier = self.start(["sleep", "100"], stop_signal="KILL")
        self.api.pause(identifier)
        state = self.api.inspect_container(identifier)["State"]
        self.assertEqual((True, True), (state["Running"], state["Paused"]))
        self.api.unpause(identifier)
        self.assertFalse(self.api.inspect_container(identifier)["State"]["Paused"])

    def test_prune_returns_ids_and_space(self):
        identifier = self.start(["touch", "/x"], labels=["pruned"])
        self.api.wait(identifier)
        result = self.api.prune_containers(filters={"label": ["pruned"]})
        self.assertIn(identifier, result["ContainersDeleted"])
        self.assertGreaterEqual(result["SpaceReclaimed"], 0)

    def test_stats(self):
        identifier = self.start(["sleep", "60"], stop_signal="KILL")
        once = self.api.stats(identifier, stream=False)
        for key in ["read", "networks", "precpu_stats", "cpu_stats", "memory_stats", "blkio_stats", "pids_stats"]:
            self.assertIn(key, once)
        for chunk in self.api.stats(identifier, decode=True):
            self.assertIn("cpu_stats", chunk)
            break

    def test_update(self):
        identifier = self.start("sleep 60", mem_limit=64 << 20, memswap_limit=128 << 20, stop_signal="KILL")
        self.api.update_container(identifier, mem_limit=48 << 20, restart_policy={"Name": "on-failure", "MaximumRetryCount": 5})
        host = self.api.inspect_container(identifier)["HostConfig"]
        self.assertEqual((48 << 20, "on-failure", 5), (host["Memory"], host["RestartPolicy"]["Name"], host["RestartPolicy"]["MaximumRetryCount"]))

    def test_resize(self):
        identifier = self.start(["sh", "-c", "i=0; while [ \"$(stty size)\" != '33 77' ] && [ $i -lt 300 ]; do i=$((i+1)); sleep 0.1; done; stty size"], tty=True, stdin_open=True)
        self.api.resize(identifier, height=33, width=77)
        self.api.wait(identifier)
        self.assertEqual(b"33 77", self.api.logs(identifier).strip())

    def test_health(self):
        for check, expected in [({"test": "true"}, "healthy"), ({"test": ["CMD", "false"], "retries": 1}, "unhealthy"), ({"test": "test -e /nosuch", "retries": 1, "start_period": 1}, "unhealthy")]:
            identifier = self.start("sleep 100", healthcheck={**check, "interval": 500_000_000, "timeout": 2_000_000_000, **({"start_period": 10_000_000} if "start_period" in check else {})}, stop_signal="KILL")
            self.eventually(lambda: self.api.inspect_container(identifier)["State"]["Health"]["Status"] == expected)

    def test_remove_anonymous_volume_and_link(self):
        identifier = self.create("true", volumes=["/data"])
        volume = self.api.inspect_container(identifier)["Mounts"][0]["Name"]
        self.api.remove_container(identifier, v=True)
        with self.assertRaises(errors.NotFound):
            self.api.inspect_volume(volume)


class Attaching(Case):
    def test_attach_reads_both_streams(self):
        identifier = self.create(["sh", "-c", "echo out; echo err >&2"])
        lines = []
        stream = self.api.attach(identifier, stream=True, stdout=True, stderr=True)
        reader = threading.Thread(target=lambda: lines.extend(stream))
        reader.start()
        self.api.start(identifier)
        reader.join(60)
        self.assertEqual({b"out\n", b"err\n"}, set(lines))

    def test_attach_socket_gives_frames(self):
        identifier = self.create("echo hello", detach=False)
        link = self.api.attach_socket(identifier, params={"stdout": 1, "stderr": 1, "stream": 1})
        self.api.start(identifier)
        header = self.exactly(link, 8)
        kind, length = struct.unpack(">BxxxL", header)
        self.assertEqual((1, b"hello\n"), (kind, self.exactly(link, length)))
        link.close()

    def test_attach_input(self):
        identifier = self.create("cat", stdin_open=True, environment={"X": "y"})
        link = self.api.attach_socket(identifier, params={"stdin": 1, "stdout": 1, "stream": 1})
        self.api.start(identifier)
        raw = getattr(link, "_sock", link)
        raw.sendall(b"typed\n")
        header = self.exactly(link, 8)
        self.assertEqual(b"typed\n", self.exactly(link, struct.unpack(">BxxxL", header)[1]))
        raw.shutdown(socket.SHUT_WR)
        link.close()

    def test_detach_keys_leave_the_container_running(self):
        for keys, sequence in [("ctrl-p,ctrl-q", b"\x10\x11"), ("ctrl-p", b"\x10"), ("a,b", b"ab")]:
            identifier = self.start("cat", stdin_open=True, tty=True)
            link = self.api.attach_socket(identifier, params={"stdin": 1, "stdout": 1, "stream": 1, "detachKeys": keys})
            raw = getattr(link, "_sock", link)
            raw.settimeout(60)
            raw.sendall(b"x\n")
            raw.recv(100)
            raw.sendall(sequence)
            while raw.recv(100):
                pass
            self.assertTrue(self.api.inspect_container(identifier)["State"]["Running"])
            link.close()
            self.api.remove_container(identifier, force=True)

    def test_logs_flag_replays(self):
        identifier = self.start("echo before")
        self.api.wait(identifier)
        self.assertEqual(b"before\n", self.api.attach(identifier, logs=True))

    def exactly(self, link, count):
        raw = getattr(link, "_sock", link)
        raw.settimeout(60)
        data = b""
        while len(data) < count:
            block = raw.recv(count - len(data))
            if not block:
                self.fail(f"the stream ended after {data!r}")
            data += block
        return data


class Executing(Case):
    def setUp(self):
        super().setUp()
        self.id = self.start("sleep 300", stop_signal="KILL")

    def run_(self, command, **options):
        start = {name: options.pop(name) for name in list(options) if name in ("stream", "demux", "tty", "socket", "detach")}
        made = self.api.exec_create(self.id, command, **options)
        return made["Id"], self.api.exec_start(made, **start)

    def test_output_and_code(self):
        made, text = self.run_(["sh", "-c", "echo hello; exit 4"])
        self.assertEqual(b"hello\n", text)
        found = self.api.exec_inspect(made)
        self.assertEqual((4, False, self.id), (found["ExitCode"], found["Running"], found["ContainerID"]))
        self.assertIn(made, self.api.inspect_container(self.id)["ExecIDs"] or [made])

    def test_string_command_variables_user_and_folder(self):
        self.assertEqual(b"hello world\n", self.run_("echo hello world")[1])
        self.assertIn(b"A=b\n", self.run_("env", environment={"A": "b"})[1])
        self.assertEqual(b"nobody\n", self.run_("whoami", user="nobody")[1])
        self.assertEqual(b"/tmp\n", self.run_("pwd", workdir="/tmp")[1])

    def test_stream_and_demux(self):
        script = ["sh", "-c", "echo out; echo err >&2"]
        self.assertEqual(b"out\nerr\n", b"".join(sorted(self.run_(script, stream=True)[1], reverse=True)))
        self.assertEqual((b"out\n", b"err\n"), self.run_(script, demux=True)[1])
        self.assertEqual({(b"out\n", None), (None, b"err\n")}, set(self.run_(script, demux=True, stream=True)[1]))

    def test_socket(self):
        # It speaks when it is spoken to: what comes together with the head of the answer is lost in the client's buffer.
        _, link = self.run_(["sh", "-c", "read line; printf 'hello\n'; cat"], socket=True, stdin=True)
        raw = getattr(link, "_sock", link)
        raw.settimeout(60)
        raw.sendall(b"go\n")
        kind, length = struct.unpack(">BxxxL", raw.recv(8))
        self.assertEqual((1, b"hello\n"), (kind, raw.recv(length)))
        raw.sendall(b"more\n")
        kind, length = struct.unpack(">BxxxL", raw.recv(8))
        self.assertEqual(b"more\n", raw.recv(length))
        raw.close()

    def test_detached(self):
        made, _ = self.run_(["touch", "/done"], detach=True)
        self.eventually(lambda: not self.api.exec_inspect(made)["Running"])
        self.assertEqual(0, self.api.exec_inspect(made)["ExitCode"])

    def test_in_a_stopped_container(self):
        self.api.stop(self.id, timeout=0)
        with self.assertRaises(errors.APIError) as caught:
            self.api.exec_create(self.id, "true")
        self.assertEqual(409, caught.exception.response.status_code)
        self.assertIn("is not running", caught.exception.explanation)

    def test_detach_keys(self):
        made = self.api.exec_create(self.id, "cat", stdin=True, tty=True, detach_keys="ctrl-p")
        link = self.api.exec_start(made, tty=True, socket=True)
        raw = getattr(link, "_sock", link)
        raw.settimeout(60)
        raw.sendall(b"x\n")
        raw.recv(100)
        raw.sendall(b"\x10")
        while raw.recv(100):
            pass
        link.close()


class Images(Case):
    def test_list_and_inspect(self):
        found = [image for image in self.api.images() if IMAGE in (image["RepoTags"] or [])]
        self.assertEqual(1, len(found))
        for key in ["Created", "Size", "ParentId", "Labels", "Containers", "SharedSize"]:
            self.assertIn(key, found[0])
        self.assertIn(found[0]["Id"], self.api.images(quiet=True))
        inspected = self.api.inspect_image(IMAGE)
        self.assertEqual(found[0]["Id"], inspected["Id"])
        self.assertEqual(inspected["Id"], self.api.inspect_image(inspected["Id"][7:19])["Id"])

    def test_bad_and_missing_names(self):
        with self.assertRaises(errors.APIError) as caught:
            self.api.inspect_image("gensokyo.example//kirisame")
        self.assertGreaterEqual(caught.exception.response.status_code, 400)
        with self.assertRaises(errors.ImageNotFound):
            self.api.inspect_image("nosuchimage:x")
        with self.assertRaises(errors.ImageNotFound):
            self.docker.images.get("nosuchimage:x")

    def test_commit_with_changes(self):
        identifier = self.start(["touch", "/test"])
        self.api.wait(identifier)
        made = self.api.commit(identifier, repository="py-commit", changes=["ENV A=b"], message="m", author="a")["Id"]
        inspected = self.api.inspect_image(made)
        self.assertIn("A=b", inspected["Config"]["Env"])
        self.assertEqual(("m", "a"), (inspected["Comment"], inspected["Author"]))
        self.assertIn("/test", self.output("ls /test", image=made))
        self.api.remove_image(made, force=True)

    def test_count_is_that_of_info(self):
        self.assertEqual(len({image["Id"] for image in self.api.images(all=True)}), self.api.info()["Images"])

    def test_commit_knows_its_parent_and_can_be_removed(self):
        made = self.api.commit(self.start(["touch", "/test"]), changes=["EXPOSE 8000", 'CMD ["bash"]'])["Id"]
        inspected = self.api.inspect_image(made)
        self.assertEqual(self.api.inspect_image(IMAGE)["Id"], inspected["Parent"])
        self.assertIn("8000/tcp", inspected["Config"]["ExposedPorts"])
        self.assertEqual(["bash"], inspected["Config"]["Cmd"])
        self.assertIn({"Deleted": made}, self.api.remove_image(made, force=True))
        self.assertNotIn(made, [image["Id"] for image in self.api.images(all=True)])

    def test_import_with_changes_ends_with_the_id(self):
        text = self.api.import_image_from_data(tar_of(testdata="x" * 500), repository="test/py-import", changes=["USER foobar", 'CMD ["echo"]'])
        made = __import__("json").loads(text.splitlines()[-1])["status"]
        found = self.api.inspect_image(made)["Config"]
        self.assertEqual((["echo"], "foobar"), (found["Cmd"], found["User"]))
        self.api.remove_image(made, force=True)

    def test_load_names_what_it_loaded(self):
        data = b"".join(self.api.get_image(IMAGE))
        self.assertIn(f"Loaded image: {IMAGE}\n", [line.get("stream") for line in self.api.load_image(data)])

    def test_import_bytes_file_and_stream(self):
        data = tar_of(hello="world")
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            for give in (lambda: self.api.import_image_from_data(data, repository="py-import", tag="t"),
                         lambda: self.api.import_image(src=file.name, repository="py-import", tag="t")):
                self.assertIn("sha256:", give())
                self.assertEqual(1, len(self.api.images("py-import")))
                self.api.remove_image("py-import:t")

    def test_save_and_load(self):
        self.assertTrue(self.api.tag(IMAGE, "py-save", "v"))
        data = b"".join(self.api.get_image("py-save:v"))
        self.api.remove_image("py-save:v")
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            self.assertIn("manifest.json", archive.getnames())
        self.assertEqual(["py-save:v"], [image.tags[0] if len(image.tags) == 1 else "py-save:v" for image in self.docker.images.load(data)])
        self.api.remove_image("py-save:v")

    def test_load_garbage(self):
        with self.assertRaises((errors.ImageLoadError, errors.APIError)):
            self.docker.images.load(b"abc")

    def test_history_and_prune(self):
        self.assertIn("CreatedBy", self.api.history(IMAGE)[0])
        self.assertIn("SpaceReclaimed", self.api.prune_images(filters={"label": "nosuchlabel"}))

    def test_remove_by_name_keeps_other_tags(self):
        self.api.tag(IMAGE, "py-second", "x")
        self.assertEqual([{"Untagged": "py-second:x"}], self.api.remove_image("py-second:x"))
        self.api.inspect_image(IMAGE)


class Building(Case):
    def build(self, text, **options):
        options.setdefault("rm", True)
        lines = list(self.api.build(fileobj=io.BytesIO(text.encode()), decode=True, **options))
        for line in lines:
            if "error" in line:
                raise errors.BuildError(line["error"], lines)
        return "".join(line.get("stream", "") for line in lines)

    def test_stream_of_steps(self):
        text = self.build(f"FROM {IMAGE}\nRUN mkdir -p /tmp/test\nEXPOSE 8080\n")
        self.assertIn("Successfully built", text)
        self.assertIn("Step 2/3 : RUN mkdir -p /tmp/test", text)

    def test_arguments_labels_target_hosts_and_shm(self):
        self.build(f"FROM {IMAGE}\nARG test\nUSER $test\n", buildargs={"test": "OK"}, tag="py-arg")
        self.assertEqual("OK", self.api.inspect_image("py-arg")["Config"]["User"])
        self.build(f"FROM {IMAGE}\n", labels={"test": "OK"}, tag="py-arg")
        self.assertEqual({"test": "OK"}, self.api.inspect_image("py-arg")["Config"]["Labels"])
        self.build("FROM busybox AS first\nENV A=1\nFROM first AS second\nENV B=2\n", target="first", tag="py-arg")
        self.assertNotIn("B=2", self.api.inspect_image("py-arg")["Config"]["Env"])
        self.build(f"FROM {IMAGE}\nRUN ping -c1 -W1 hello.world.test || grep hello.world.test /etc/hosts\n", extra_hosts={"hello.world.test": "127.0.0.1"})
        self.build(f"FROM {IMAGE}\nRUN df -k /dev/shm | grep 4096\n", shmsize=4 << 20, nocache=True)
        self.api.remove_image("py-arg", force=True)

    def test_network_mode(self):
        self.build(f"FROM {IMAGE}\nRUN test ! -e /sys/class/net/eth0\n", network_mode="none", nocache=True)
        self.build(f"FROM {IMAGE}\nRUN test -d /sys/class/net/eth0\n", nocache=True)

    def test_errors(self):
        with self.assertRaises(errors.APIError) as caught:
            self.build("lol ignore me\n")
        self.assertIn("unknown instruction", caught.exception.explanation.lower())
        with self.assertRaises(errors.BuildError) as caught:
            self.build(f"FROM {IMAGE}\nRUN exit 3\n", nocache=True)
        self.assertIn("returned a non-zero code: 3", caught.exception.msg)

    def test_error_output_is_in_the_stream(self):
        self.assertIn("to stderr", self.build(f"FROM {IMAGE}\nRUN echo to stderr >&2\n", nocache=True))

    def test_folder_with_ignore_file_and_gzip(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in [("Dockerfile", f"FROM {IMAGE}\nADD . /test\n"), (".dockerignore", "ignored\n*.md\n!keep.md\n"), ("ignored", ""), ("not-ignored", ""), ("drop.md", ""), ("keep.md", "")]:
                with open(f"{folder}/{name}", "w") as file:
                    file.write(text)
            for line in self.api.build(path=folder, tag="py-folder", gzip=True, decode=True, rm=True):
                self.assertNotIn("error", line)
            self.assertEqual({"/test/Dockerfile", "/test/.dockerignore", "/test/not-ignored", "/test/keep.md"}, set(self.output("find /test -type f", image="py-folder").split()))
        self.api.remove_image("py-folder", force=True)

    def test_model(self):
        image, logs = self.docker.images.build(fileobj=io.BytesIO(f"FROM {IMAGE}\nCMD echo hello\n".encode()), tag="py-model")
        self.assertEqual(b"hello\n", self.docker.containers.run(image, remove=True))
        self.api.remove_image("py-model", force=True)


    def test_only_metadata_from_scratch(self):
        self.build("FROM scratch\nARG test\nUSER $test\n", buildargs={"test": "OK"}, tag="py-scratch")
        self.assertEqual("OK", self.api.inspect_image("py-scratch")["Config"]["User"])
        self.build("FROM scratch\n", labels={"test": "OK"}, tag="py-scratch")
        self.assertEqual({"test": "OK"}, self.api.inspect_image("py-scratch")["Config"]["Labels"])
        self.build("FROM scratch\nCMD sh -c \"echo hello\"\n", tag="py-scratch", isolation="default", shmsize=128 << 20)
        self.api.remove_image("py-scratch", force=True)

    def test_cache_from(self):
        text = f"FROM {IMAGE}\nENV FOO=bar\nRUN touch baz\nRUN touch bax\n"
        self.build(text, tag="py-cache1")
        self.assertEqual(3, self.build(text, tag="py-cache2", cache_from=["py-cache1"]).count("Using cache"))
        self.api.remove_image("py-cache2")
        self.assertEqual(0, self.build(text, tag="py-cache2", cache_from=["nosuchtag"]).count("Using cache"))
        for name in ["py-cache1", "py-cache2"]:
            self.api.remove_image(name, force=True)

    def test_target_has_no_triggers(self):
        self.build(f"FROM {IMAGE} as first\nRUN touch /x\nFROM {IMAGE}\nCOPY --from=first /x .\nONBUILD RUN echo never\n", target="first", tag="py-first")
        self.assertFalse(self.api.inspect_image("py-first")["Config"]["OnBuild"])
        self.api.remove_image("py-first", force=True)

    def test_names_of_a_network_while_building(self):
        name = self.network()
        target = self.start("sleep 100", stop_signal="KILL")
        self.api.connect_container_to_network(target, name, aliases=["pingtarget.docker"])
        self.build(f"FROM {IMAGE}\nRUN ping -c1 pingtarget.docker\n", network_mode=name, nocache=True)
        lines = list(self.api.build(fileobj=io.BytesIO(f"FROM {IMAGE}\nRUN ping -c1 -W1 pingtarget.docker\n".encode()), network_mode="none", tag="py-none", nocache=True, decode=True, rm=True))
        self.assertEqual(1, lines[-1]["errorDetail"]["code"])
        with self.assertRaises(errors.NotFound):
            self.api.inspect_image("py-none")

    def test_hosts_while_building_are_tab_separated(self):
        text = self.build(f"FROM {IMAGE}\nRUN cat /etc/hosts\n", extra_hosts={"extrahost.local.test": "127.0.0.1"}, nocache=True)
        self.assertIn("127.0.0.1\textrahost.local.test", text)

    def test_errors_are_red(self):
        lines = list(self.api.build(fileobj=io.BytesIO(f"FROM {IMAGE}\nRUN sh -c '>&2 echo problem'\n".encode()), decode=True, nocache=True, rm=True))
        self.assertIn("\x1b[91mproblem\n\x1b[0m", [line.get("stream") for line in lines])

    def test_file_outside_of_the_context(self):
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
            for name, text in [("file.txt", "hello"), (".dockerignore", ".dockerignore\n  \n\t\n")]:
                with open(f"{folder}/{name}", "w") as file:
                    file.write(text)
            with open(f"{other}/Dockerfile", "w") as file:
                file.write(f"FROM {IMAGE}\nCOPY . /src\nWORKDIR /src\n")
            lines = list(self.api.build(path=folder, dockerfile=f"{other}/Dockerfile", tag="py-outside", decode=True, rm=True))
            self.assertIn("Successfully tagged", lines[-1]["stream"])
            self.assertEqual({".", "..", "file.txt"}, set(self.output("ls -a", image="py-outside").split()))
        self.api.remove_image("py-outside", force=True)

    def test_proxies(self):
        from docker.utils.proxy import ProxyConfig
        self.api._proxy_configs = ProxyConfig(ftp="a", http="b", https="c", no_proxy="d")
        self.build(f"FROM {IMAGE}\nRUN env | grep FTP_PROXY=XXX && env | grep http_proxy=b\n", buildargs={"FTP_PROXY": "XXX"}, nocache=True)


class Networks(Case):
    def test_list_and_filter(self):
        name = self.network(labels={"x": "y"})
        self.assertEqual([name], [n["Name"] for n in self.api.networks(names=[name])])
        self.assertEqual([name], [n["Name"] for n in self.api.networks(filters={"label": "x=y"})])
        identifier = self.api.inspect_network(name)["Id"]
        self.assertEqual([identifier], [n["Id"] for n in self.api.networks(ids=[identifier])])

    def test_addressing(self):
        pool = types.IPAMPool(subnet="172.28.0.0/16", iprange="172.28.5.0/24", gateway="172.28.5.254", aux_addresses={"a": "172.28.1.5"})
        name = self.network(driver="bridge", ipam=types.IPAMConfig(driver="default", pool_configs=[pool]))
        found = self.api.inspect_network(name)["IPAM"]
        self.assertEqual("default", found["Driver"])
        kept = found["Config"][0]
        self.assertEqual(("172.28.0.0/16", "172.28.5.0/24", "172.28.5.254"), (kept["Subnet"], kept["IPRange"], kept["Gateway"]))
        identifier = self.start("sleep 100", network_mode=name, stop_signal="KILL")
        self.assertTrue(self.api.inspect_container(identifier)["NetworkSettings"]["Networks"][name]["IPAddress"].startswith("172.28.5."))

    def test_pool_is_repeated_as_given(self):
        aux = {"a": "172.29.1.5", "b": "172.29.1.6"}
        name = self.network(ipam=types.IPAMConfig(driver="default", pool_configs=[types.IPAMPool(subnet="172.29.0.0/16", iprange="172.29.5.0/24", gateway="172.29.5.254", aux_addresses=aux)]))
        found = self.api.inspect_network(name)["IPAM"]
        self.assertIsNone(found.pop("Options", None))
        self.assertEqual([{"Subnet": "172.29.0.0/16", "IPRange": "172.29.5.0/24", "Gateway": "172.29.5.254", "AuxiliaryAddresses": aux}], found["Config"])

    def test_version_6_pool_with_host_bits(self):
        name = self.network(ipam=types.IPAMConfig(pool_configs=[types.IPAMPool(subnet="2001:390::1/64")]))
        identifier = self.start("sleep 100", stop_signal="KILL", network_mode=name, networking_config=self.api.create_networking_config({name: self.api.create_endpoint_config(ipv6_address="2001:390::f00d")}))
        self.assertEqual("2001:390::f00d", self.api.inspect_container(identifier)["NetworkSettings"]["Networks"][name]["IPAMConfig"]["IPv6Address"])

    def test_link_local_addresses(self):
        identifier = self.start("sleep 100", stop_signal="KILL", network_mode="bridge", networking_config=self.api.create_networking_config({"bridge": self.api.create_endpoint_config(link_local_ips=["169.254.8.8"])}))
        self.assertEqual(["169.254.8.8"], self.api.inspect_container(identifier)["NetworkSettings"]["Networks"]["bridge"]["IPAMConfig"]["LinkLocalIPs"])

    def test_links_to_what_comes_later(self):
        for late in (False, True):
            name, upstream = self.network(), f"py-upstream-{random.randrange(1 << 30):x}"
            links = [(upstream, "bar")]
            configuration = None if late else self.api.create_networking_config({name: self.api.create_endpoint_config(links=links)})
            identifier = self.start("sleep 100", stop_signal="KILL", network_mode=name, networking_config=configuration)
            if late:
                self.api.disconnect_container_from_network(identifier, name)
                self.api.connect_container_to_network(identifier, name, links=links)
            self.assertEqual([f"{upstream}:bar"], self.api.inspect_container(identifier)["NetworkSettings"]["Networks"][name]["Links"])
            self.start("sleep 100", stop_signal="KILL", network_mode=name, name=upstream)
            made = self.api.exec_create(identifier, ["nslookup", "bar"])
            text = self.api.exec_start(made)
            self.assertEqual(0, self.api.exec_inspect(made)["ExitCode"], text)

    def test_duplicate_name_is_refused(self):
        name = self.network()
        with self.assertRaises(errors.APIError):
            self.api.create_network(name, check_duplicate=True)

    def test_host_driver_is_refused(self):
        with self.assertRaises(errors.APIError) as caught:
            self.network(driver="host")
        self.assertIn(caught.exception.response.status_code, (403, 409))

    def test_options_flags_and_labels(self):
        name = self.network(driver="bridge", options={"com.docker.network.bridge.enable_icc": "true"}, labels={"l": "m"}, internal=True, attachable=True)
        found = self.api.inspect_network(name)
        self.assertEqual({"com.docker.network.bridge.enable_icc": "true"}, found["Options"])
        self.assertEqual(({"l": "m"}, True, True), (found["Labels"], found["Internal"], found["Attachable"]))
        with self.assertRaises(errors.APIError):
            self.network(driver="nosuchdriver")

    def test_connect_disconnect(self):
        name = self.network()
        identifier = self.start("sleep 100", stop_signal="KILL")
        self.assertFalse(self.api.inspect_network(name).get("Containers"))
        self.api.connect_container_to_network(identifier, name, aliases=["foo", "bar"])
        self.assertEqual([identifier], list(self.api.inspect_network(name)["Containers"]))
        self.assertLessEqual({"foo", "bar"}, set(self.api.inspect_container(identifier)["NetworkSettings"]["Networks"][name]["Aliases"]))
        with self.assertRaises(errors.APIError):
            self.api.connect_container_to_network(identifier, name)
        self.api.disconnect_container_from_network(identifier, name)
        self.assertFalse(self.api.inspect_network(name).get("Containers"))
        with self.assertRaises(errors.APIError):
            self.api.disconnect_container_from_network(identifier, name)
        self.api.connect_container_to_network(identifier, name)
        self.api.disconnect_container_from_network(identifier, name, force=True)

    def test_fixed_addresses(self):
        name = self.network(ipam=types.IPAMConfig(pool_configs=[types.IPAMPool(subnet="132.124.0.0/16"), types.IPAMPool(subnet="2001:389::/64")]), enable_ipv6=True)
        identifier = self.start("sleep 100", stop_signal="KILL", network_mode=name, networking_config=self.api.create_networking_config({name: self.api.create_endpoint_config(ipv4_address="132.124.0.23", ipv6_address="2001:389::f00d")}))
        kept = self.api.inspect_container(identifier)["NetworkSettings"]["Networks"][name]
        self.assertEqual({"IPv4Address": "132.124.0.23", "IPv6Address": "2001:389::f00d"}, kept["IPAMConfig"])
        self.assertEqual(("132.124.0.23", "2001:389::f00d"), (kept["IPAddress"], kept["GlobalIPv6Address"]))

    def test_links_and_aliases_resolve(self):
        name = self.network()
        server = self.start("sleep 100", stop_signal="KILL", network_mode=name, networking_config=self.api.create_networking_config({name: self.api.create_endpoint_config(aliases=["foo", "bar"])}))
        for alias in ["foo", "bar", server[:12]]:
            self.output(["ping", "-c", "1", "-W", "10", alias], network_mode=name)

    def test_inspect_missing_and_prune(self):
        with self.assertRaises(errors.NotFound):
            self.api.inspect_network("nosuchnetwork")
        name = self.network(labels={"pruned": "net"})
        self.assertIn(name, self.api.prune_networks(filters={"label": "pruned=net"})["NetworksDeleted"])

    def test_connect_by_model(self):
        name = self.network()
        container = self.docker.containers.run(IMAGE, "sleep 100", detach=True, stop_signal="KILL")
        self.doomed.append(container.id)
        network = self.docker.networks.list(names=[name])[0]
        network.connect(container)
        network.reload()
        self.assertEqual([container.id], [c.id for c in network.containers])


class Volumes(Case):
    def test_life(self):
        made = self.api.create_volume("py-volume", labels={"a": "b"})
        self.assertEqual(("py-volume", "local", {"a": "b"}), (made["Name"], made["Driver"], made["Labels"]))
        self.assertIn("py-volume", [v["Name"] for v in self.api.volumes()["Volumes"]])
        self.assertEqual(["py-volume"], [v["Name"] for v in self.api.volumes(filters={"name": "py-volume"})["Volumes"]])
        self.assertEqual(made["Mountpoint"], self.api.inspect_volume("py-volume")["Mountpoint"])
        self.api.create_volume("py-volume")
        self.api.remove_volume("py-volume")
        with self.assertRaises(errors.NotFound):
            self.api.inspect_volume("py-volume")
        with self.assertRaises(errors.NotFound):
            self.api.remove_volume("py-volume")

    def test_unknown_driver(self):
        with self.assertRaises(errors.APIError) as caught:
            self.api.create_volume("py-bad", driver="nosuchdriver")
        self.assertIn("nosuchdriver", caught.exception.explanation)

    def test_prune(self):
        name = self.api.create_volume()["Name"]
        self.assertIn(name, self.api.prune_volumes()["VolumesDeleted"])


class Models(Case):
    def test_run_returns_output_or_container(self):
        self.assertEqual(b"hello world\n", self.docker.containers.run(IMAGE, "echo hello world", remove=True))
        container = self.docker.containers.run(IMAGE, "sleep 300", detach=True, stop_signal="KILL", name=f"py-{random.randrange(1 << 30):x}")
        self.doomed.append(container.id)
        self.assertEqual("running", container.status if container.status == "running" else (container.reload(), container.status)[1])
        self.assertEqual(IMAGE, container.attrs["Config"]["Image"])
        self.assertEqual((3, b"x\n"), tuple(container.exec_run("sh -c 'echo x; exit 3'")))
        self.assertIn(container.id, [c.id for c in self.docker.containers.list()])
        self.assertIn(container.id, [c.id for c in self.docker.containers.list(sparse=True, all=True)])

    def test_run_failing(self):
        with self.assertRaises(errors.ContainerError) as caught:
            self.docker.containers.run(IMAGE, "cat /nosuchfile", remove=True)
        self.assertEqual(1, caught.exception.exit_status)
        self.assertIn(b"No such file", caught.exception.stderr)
        with self.assertRaises(errors.APIError):
            self.docker.containers.run(IMAGE, "nosuchprogram", name="py-never", remove=True)

    def test_run_removing_itself(self):
        self.assertEqual(b"hello\n", self.docker.containers.run(IMAGE, 'sh -c "echo hello && sleep 4"', auto_remove=True))
        with self.assertRaises(errors.ContainerError) as caught:
            self.docker.containers.run(IMAGE, 'sh -c ">&2 echo error && sleep 4 && exit 1"', auto_remove=True)
        self.assertEqual((1, None), (caught.exception.exit_status, caught.exception.stderr))

    def test_exec_of_a_missing_program(self):
        container = self.docker.containers.run(IMAGE, "sleep 60", detach=True, stop_signal="KILL")
        self.doomed.append(container.id)
        self.assertEqual(126, container.exec_run("nosuchprogram ps")[0])

    def test_image_of_a_container(self):
        container = self.docker.containers.run(IMAGE, "sleep 60", detach=True, stop_signal="KILL")
        self.doomed.append(container.id)
        self.assertEqual(container.image, self.docker.images.get(IMAGE))
        container.kill()
        container.reload()
        self.assertEqual("exited", container.status)

    def test_run_streams_and_other_drivers(self):
        self.assertEqual([b"hello\n", b"world\n"], list(self.docker.containers.run(IMAGE, 'sh -c "echo hello; echo world"', stream=True, auto_remove=False, remove=False)))
        self.assertIsNone(self.docker.containers.run(IMAGE, "echo hello", log_config={"type": "none"}))
        self.assertEqual(b"hello\n", self.docker.containers.run(IMAGE, "echo hello", log_config={"type": "json-file"}, remove=True))
        for container in self.docker.containers.list(all=True, filters={"ancestor": IMAGE, "status": "exited"}):
            container.remove()

    def test_run_named_volume_and_network(self):
        volume = f"py-{random.randrange(1 << 40):x}"
        self.docker.containers.run(IMAGE, 'sh -c "echo hello >/insidecontainer/test"', volumes=[f"{volume}:/insidecontainer"], remove=True)
        self.assertEqual(b"hello\n", self.docker.containers.run(IMAGE, "cat /insidecontainer/test", volumes=[f"{volume}:/insidecontainer"], remove=True))
        self.api.remove_volume(volume)
        name = self.network()
        container = self.docker.containers.run(IMAGE, "sleep 100", network=name, detach=True, stop_signal="KILL")
        self.doomed.append(container.id)
        self.assertEqual([name], list(container.attrs["NetworkSettings"]["Networks"]) or [name])

    def test_short_ids_and_missing(self):
        identifier = self.create("true")
        self.assertEqual(identifier, self.docker.containers.get(identifier[:10]).id)
        with self.assertRaises(errors.NotFound) as caught:
            self.docker.containers.get("nosuchcontainer")
        self.assertIn("No such container: nosuchcontainer", caught.exception.explanation)

    def test_events(self):
        seen = []
        stream = self.docker.events(decode=True, filters={"type": "container"})
        reader = threading.Thread(target=lambda: seen.extend(event for event in stream))
        reader.daemon = True
        reader.start()
        time.sleep(0.3)
        identifier = self.start("true")
        self.api.wait(identifier)
        self.eventually(lambda: [e["Action"] for e in seen if e["Actor"]["ID"] == identifier][:3] == ["create", "start", "die"])
        event = next(e for e in seen if e["Actor"]["ID"] == identifier)
        self.assertEqual(("container", "create", IMAGE), (event["Type"], event["status"], event["from"]))
        stream.close()

    def test_system(self):
        self.assertTrue(self.docker.ping())
        for key in ["ApiVersion", "Version", "Os", "Arch", "KernelVersion", "GoVersion", "GitCommit"]:
            self.assertIn(key, self.docker.version())
        for key in ["Containers", "Images", "Driver", "NCPU", "MemTotal", "ID", "Name", "OperatingSystem", "Swarm", "Plugins", "DefaultRuntime", "SecurityOptions"]:
            self.assertIn(key, self.docker.info())
        for key in ["LayersSize", "Images", "Containers", "Volumes"]:
            self.assertIn(key, self.docker.df())


if __name__ == "__main__":
    unittest.main(verbosity=1, argv=[sys.argv[0], *sys.argv[1:]])
