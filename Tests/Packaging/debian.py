"""A bare Debian 12 in a folder, from the mirror that this machine uses."""

import pathlib
import re
import subprocess

RELEASE = "bookworm"


def mirror():
    """The address that the machine's own configuration of apt names for the release."""
    folder = pathlib.Path("/etc/apt")
    files = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]
    for file in filter(pathlib.Path.exists, files):
        text = "\n".join(line for line in file.read_text().splitlines() if not line.startswith("#"))
        for block in text.split("\n\n"):
            fields = dict(re.findall(r"^(\w+): *(.+)$", block, re.MULTILINE))
            if RELEASE in fields.get("Suites", "").split():
                return fields["URIs"].split()[0]
        if match := re.search(rf"^deb (?:\[.*\] )?(\S+) {RELEASE} ", text, re.MULTILINE):
            return match[1]
    raise SystemExit(f"no mirror of {RELEASE} is configured in /etc/apt")


class System:
    def __init__(self, folder):
        self.root = pathlib.Path(folder)

    def install_base(self):
        command = ["debootstrap", "--variant=minbase", RELEASE, str(self.root), mirror()]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        for kind, place in (("proc", "proc"), ("tmpfs", "run"), ("devpts", "dev/pts")):
            subprocess.run(["mount", "-t", kind, kind, str(self.root / place)], check=True)
        # The machine's way to the mirror, if it has one of its own.
        for file in pathlib.Path("/etc/apt/apt.conf.d").glob("*proxy*"):
            (self.root / "etc/apt/apt.conf.d" / file.name).write_text(file.read_text())

    def run(self, *command, user=None, check=True, **variables):
        """Runs a command in the system; returns its whole output."""
        settings = [f"{name}={value}" for name, value in variables.items()]
        prefix = ["chroot", *([f"--userspec={user}:{user}"] if user else []), str(self.root), "env", *settings]
        line = [*prefix, *map(str, command)]
        done = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert not check or done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout[-3000:]}"
        return done.stdout

    def apt(self, *command):
        return self.run("apt-get", "-q", "-y", *command, DEBIAN_FRONTEND="noninteractive")

    def path(self, place):
        return self.root / place.lstrip("/")
