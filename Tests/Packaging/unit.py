"""Starts a service as systemd would by its unit, in a folder that is the root of another system."""

import os
import pathlib
import pwd
import shlex
import shutil
import subprocess


def directives(text):
    """The settings of a unit by name, each a list, as systemd reads them."""
    found = {}
    for line in text.replace("\\\n", " ").splitlines():
        if "=" in line and not line.startswith(("#", ";")):
            name, value = line.split("=", 1)
            found.setdefault(name.strip(), []).append(value.strip())
    return found


class Unit:
    """One service of the system in `root`."""

    def __init__(self, root, name):
        self.root, self.name = pathlib.Path(root), name
        self.settings = directives((self.root / "lib/systemd/system" / f"{name}.service").read_text())
        self.process = None

    def __getitem__(self, setting):
        (value,) = self.settings[setting]
        return value

    def user(self):
        lines = (self.root / "etc/passwd").read_text().splitlines()
        return next(pwd.struct_passwd(line.split(":")) for line in lines if line.startswith(self["User"] + ":"))

    def prepare(self):
        """The folders and the credentials that systemd makes before it starts anything."""
        user = self.user()
        data = self.root / "var/lib" / self["StateDirectory"]
        data.mkdir(exist_ok=True)
        data.chmod(int(self["StateDirectoryMode"], 8))
        os.chown(data, int(user.pw_uid), int(user.pw_gid))
        credentials = self.root / "run/credentials" / f"{self.name}.service"
        shutil.rmtree(credentials, ignore_errors=True)
        credentials.mkdir(parents=True)
        for line in self.settings["LoadCredential"]:
            name, source = line.split(":")
            for file in sorted((self.root / source.lstrip("/")).iterdir()):
                copy = credentials / f"{name}_{file.name}"
                copy.write_bytes(file.read_bytes())
                copy.chmod(0o400)
                os.chown(copy, int(user.pw_uid), int(user.pw_gid))
        os.chown(credentials, int(user.pw_uid), int(user.pw_gid))

    def environment(self):
        """Variables of the unit and of its file."""
        lines = list(self.settings.get("Environment", []))
        for file in self.settings.get("EnvironmentFile", []):
            path = self.root / file.removeprefix("-").lstrip("/")
            lines += [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
        return ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", *lines]

    def command(self, setting, before=()):
        user = f"--reuid={self['User']} --regid={self['Group']} --clear-groups --no-new-privs --bounding-set=-all"
        line = shlex.split(self[setting])
        return [
            *before, "chroot", str(self.root), "setpriv", *user.split(), "env", "-i", *self.environment(), *line
        ]

    def check(self):
        """Runs what comes before the start; returns its exit code and its text."""
        self.prepare()
        done = subprocess.run(self.command("ExecStartPre"), capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def start(self, log, before=()):
        code, text = self.check()
        assert code == 0, text
        self.process = subprocess.Popen(self.command("ExecStart", before), stdout=log, stderr=log)

    def end(self, signal):
        self.process.send_signal(signal)
        code = self.process.wait(timeout=60)
        self.process = None
        return code
