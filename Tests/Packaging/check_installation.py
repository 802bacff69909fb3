"""Installs the packages in a bare Debian 12 and uses them as an operator does.

Needs root, debootstrap, strace and a mirror. Everything happens in a temporary folder, with mounts and processes in
namespaces of their own, so that nothing stays behind.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import packages
from debian import System
from gateway import Gateway, free_port, wait_for
from image import check_image
from packages import passed
from syscalls import refused
from unit import Unit

# The key that the simulated Lago accepts.
LAGO_KEY = re.search(r'lago = "(.+)"', (packages.TOP / "Sources/Sandbox/SandboxCredentials.swift").read_text())[1]
JOURNAL = "/var/lib/tollgate/journal.sqlite"


class Installation:
    def __init__(self, folder):
        self.folder = folder
        self.system = System(folder / "root")
        self.log = folder / "log"
        self.gateway_port, self.vendors_port = free_port(), free_port()
        self.gateway = Gateway(self.gateway_port)
        self.unit = None

    def has_no_swift(self):
        """Neither the compiler nor a library of Swift is in the system."""
        names = ["-name", "libswift*", "-o", "-name", "swift*", "-path", "*/bin/*"]
        found = self.system.run("find", "/usr", "/lib", "/opt", *names)
        assert not found.strip(), found

    def install(self, package):
        shutil.copy(package, self.system.path("/tmp/tollgate.deb"))
        said = self.system.apt("install", "--no-install-recommends", "/tmp/tollgate.deb")
        status = self.system.run("dpkg-query", "-W", "-f", "${Status} ${Version}", "tollgate")
        assert status == f"install ok installed {packages.version(package)}", status
        self.unit = Unit(self.system.root, "tollgate")
        return said

    def asked_of_systemd(self, act):
        """What the package's scripts ask of a running systemd during an act, in their order.

        A chroot has no systemd, so what they call is written down instead; the unit counts as active and enabled.
        """
        calls = self.system.path("/tmp/systemctl.log")
        calls.write_text("")
        recorder = self.system.path("/usr/bin/systemctl")
        assert not recorder.exists(), "the bare system has a systemd of its own"
        recorder.write_text('#!/bin/sh\necho "$*" >>/tmp/systemctl.log\n[ "$2" != is-enabled ] || echo enabled\n')
        recorder.chmod(0o755)
        self.system.path("/run/systemd/system").mkdir(parents=True)
        act()
        self.system.path("/run/systemd/system").rmdir()
        recorder.unlink()
        return [line for line in calls.read_text().splitlines() if "is-active" not in line and "is-enabled" not in line]

    def start(self, before=()):
        with self.log.open("a") as log:
            self.unit.start(log, before)
        wait_for("the gateway is ready", lambda: self.gateway.call("/readyz")[0] == 200, self.log)

    def configure(self):
        """What the guide says: a key for the vendor, its address, the listening address, a key for the application."""
        file = self.system.path("/etc/tollgate/routes.json")
        routes = json.loads(file.read_text())
        routes["providers"]["lago"]["base_url"] = f"http://127.0.0.1:{self.vendors_port}/lago"
        file.write_text(json.dumps(routes))
        self.system.path("/etc/tollgate/credentials/lago").write_text(LAGO_KEY + "\n")
        with self.system.path("/etc/tollgate/environment").open("a") as environment:
            environment.write(f"TOLLGATE_LISTEN=127.0.0.1:{self.gateway_port}\n")
        created = self.system.run(
            "tollgate", "keys", "create", "shop",
            "--routes", "/etc/tollgate/routes.json", "--data", "/var/lib/tollgate",
            user="tollgate",
        )
        self.gateway.key = re.search(r"\btg_\w+", created)[0]

    def vendors(self, log):
        address = f"127.0.0.1:{self.vendors_port}"
        command = ["chroot", str(self.system.root), "/usr/bin/tollgate", "sandbox", "--listen", address]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        vendors = Gateway(self.vendors_port)
        wait_for("the simulators listen", lambda: vendors.call("/sandbox/lago/events")[0] == 200, self.log)
        return process

    def delivers(self, event):
        def is_delivered():
            return self.gateway.statuses(event).get("lago") == "delivered"

        wait_for(f"{event} is delivered", is_delivered, self.log)

    def expects(self, *events):
        for event in events:
            wait_for(f"{event} is there", lambda: self.gateway.statuses(event), self.log)


def check_first_start(installation, package):
    said = installation.install(package)
    assert "put vendors' keys into /etc/tollgate/credentials" in said, said
    installation.has_no_swift()
    folder = installation.system.path("/var/lib/tollgate").stat()
    assert folder.st_mode & 0o777 == 0o700 and folder.st_uid == int(installation.unit.user().pw_uid)
    passed("installs on a bare system, without Swift")

    code, text = installation.unit.check()
    sentence = "provider lago: the file /run/credentials/tollgate.service/vendor_lago cannot be read; "
    assert code == 1 and sentence + "it must hold the vendor's key" in text, (code, text)
    passed("without its credential the unit fails and says which is missing")


def check_use(installation):
    trace = installation.folder / "trace"
    installation.start(before=["strace", "-f", "-qq", "-s", "200", "-o", str(trace)])
    installation.gateway.send("first")
    installation.delivers("first")
    # The program is the one process that strace has started.
    children = pathlib.Path(f"/proc/{installation.unit.process.pid}/task/{installation.unit.process.pid}/children")
    program = int(children.read_text().split()[0])
    # The first signal is answered with a trace; one from outside does not repeat by itself.
    os.kill(program, signal.SIGILL)
    wait_for("the trace is written", lambda: "Backtrace took" in installation.log.read_text(), installation.log)
    os.kill(program, signal.SIGILL)
    assert installation.unit.process.wait(timeout=120) == -signal.SIGILL
    said = installation.log.read_text()
    assert "Program crashed" in said and re.search(r"^ *1 \[ra\] 0x[0-9a-f]+", said, re.MULTILINE), said[-3000:]
    assert "unable to locate swift-backtrace" not in said
    against = refused(trace, "/usr/bin/tollgate", installation.unit.settings)
    assert not against, "\n".join(against[:20])
    passed("starts by its unit, delivers, leaves a trace of a crash, and does nothing that the unit refuses")

    installation.start()
    installation.expects("first")
    installation.gateway.send("before-the-kill")
    assert installation.unit.end(signal.SIGKILL) == -signal.SIGKILL
    installation.start()
    installation.expects("first", "before-the-kill")
    installation.delivers("before-the-kill")
    health = installation.system.run("tollgate", "health", TOLLGATE_URL=installation.gateway.address)
    passed(f"has every event after kill -9 ({health.strip().splitlines()[0]})")


def check_upgrade(installation, package):
    installation.gateway.send("before-the-upgrade")
    assert installation.unit.end(signal.SIGTERM) == 0
    edited = installation.system.path("/etc/tollgate/routes.json").read_text()
    asked = installation.asked_of_systemd(lambda: installation.install(package))
    assert asked == ["--system daemon-reload", "--quiet --system restart tollgate.service"], asked
    assert installation.system.path("/etc/tollgate/routes.json").read_text() == edited
    installation.start()
    installation.expects("first", "before-the-kill", "before-the-upgrade")
    installation.gateway.send("after-the-upgrade")
    installation.delivers("after-the-upgrade")
    passed("is upgraded with its journal and its configuration")


def check_removal(installation, package):
    system = installation.system
    assert installation.unit.end(signal.SIGTERM) == 0
    said = []
    asked = installation.asked_of_systemd(lambda: said.append(system.apt("remove", "tollgate")))
    stop = ["stop tollgate.service", "--quiet --no-reload disable tollgate.service", "--system daemon-reload"]
    assert asked == stop, asked
    assert "the journal is kept in /var/lib/tollgate" in said[0], said[0]
    assert not system.path("/usr/bin/tollgate").exists() and system.path(JOURNAL).stat().st_size > 0
    assert system.path("/etc/tollgate/routes.json").exists()
    passed("is removed without its data")

    system.apt("purge", "tollgate")
    assert not system.path("/etc/tollgate").exists() and system.path(JOURNAL).stat().st_size > 0
    key = installation.gateway.key
    installation.install(package)
    owner = system.path("/var/lib/tollgate").stat().st_uid
    assert owner == int(installation.unit.user().pw_uid), "another user owns the journal after a purge"
    # The purge has removed the configuration; the application's key is part of the data.
    installation.configure()
    installation.gateway.key = key
    installation.start()
    installation.expects("first", "after-the-upgrade")
    assert installation.unit.end(signal.SIGTERM) == 0
    passed("is purged without its data, and finds it when it is installed again")


def check_archive(system):
    archive = packages.archive(packages.OUTPUT)
    folder = system.path("/opt/archive")
    folder.mkdir(parents=True)
    subprocess.run(["tar", "-xzf", archive, "-C", folder], check=True)
    (unpacked,) = folder.iterdir()
    said = system.run(f"/opt/archive/{unpacked.name}/bin/tollgate", "--version")
    assert packages.version(packages.debian(packages.OUTPUT)) in said
    passed("the archive's program runs")


def inside(folder):
    package = packages.debian(packages.OUTPUT)
    before = packages.version(package) + "~before"
    earlier = packages.make(folder / "earlier", VERSION=before, COMPRESSION="gzip")
    installation = Installation(folder)
    installation.system.install_base()
    installation.system.apt("update")
    installation.has_no_swift()
    check_first_start(installation, earlier)
    installation.configure()
    with (folder / "vendors").open("w") as log:
        vendors = installation.vendors(log)
        check_use(installation)
        check_upgrade(installation, package)
        vendors.kill()
        vendors.wait()
        check_removal(installation, package)
    check_archive(installation.system)
    check_image(installation.system, package)


def main():
    if len(sys.argv) > 1:
        return inside(pathlib.Path(sys.argv[1]))
    if os.geteuid() != 0:
        sys.exit("debootstrap and chroot need root: sudo make package-test")
    with tempfile.TemporaryDirectory(prefix="tollgate-installation-") as folder:
        # Mounts and processes end with the namespaces.
        namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        done = subprocess.run([*namespaces, sys.executable, __file__, folder])
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
