"""A gateway of its own for each script: free ports, an empty journal, all simulators behind it.

Takes the binary from TOLLGATE (.build/release/tollgate without it).
"""

import contextlib
import hashlib
import json
import os
import pathlib
import random
import socket
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEY = "conformance-key"
READER_KEY = "conformance-reader-key"
ADMIN_KEY = "conformance-admin-key"


# How long a condition or an answer may take, in seconds: a busy machine is slow, and takes its time to start a process.
PATIENCE = 120


class Gateway:
    def __init__(self, binary, folder, url, sandbox):
        self.url = url
        self.sandbox = sandbox
        self._binary = binary
        self.folder = folder
        self._files = ["--routes", folder / "routes.json", "--data", folder / "data"]
        self._log = folder / "log"
        self._process = None

    def start(self):
        """Starts the gateway and waits until it answers."""
        addresses = [address.removeprefix("http://") for address in (self.url, self.sandbox)]
        command = [self._binary, "serve", "--sandbox", *self._files, "--log-level", "error"]
        command += ["--listen", addresses[0], "--sandbox-listen", addresses[1]]
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=output)
        self.wait_for("the gateway", lambda: self._process.poll() is not None or _answers(self))
        assert self._process.poll() is None, "the gateway did not start"

    def stop(self):
        """Stops the gateway, if it runs; ends it by force if it takes too long."""
        if not self._process:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise

    def revoke(self, key_id):
        """Revokes a key as an operator does, with the command beside the running gateway."""
        subprocess.run([self._binary, "keys", "revoke", key_id, *self._files], check=True, timeout=PATIENCE)

    def log(self):
        return self._log.read_text() if self._log.exists() else ""

    def text(self, path, base=None, body=None, kind="application/json"):
        """The text of an answer: to a GET, or to a POST of a body."""
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": kind}
        request = urllib.request.Request((base or self.url) + path, body and body.encode(), headers)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.read().decode()

    def get(self, path, base=None):
        return json.loads(self.text(path, base))

    def post(self, path, body, kind="application/json"):
        return json.loads(self.text(path, body=body, kind=kind))

    def count(self, vendor):
        """How many events reached a vendor's simulator."""
        return self.get(f"/sandbox/{vendor}/events?count=true", self.sandbox)["received"]

    def received(self, vendor):
        """The events that reached a vendor's simulator, as it got them."""
        return self.get(f"/sandbox/{vendor}/events", self.sandbox)["received"]

    def wait_for(self, what, condition, seconds=PATIENCE):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            time.sleep(0.05)


# In an order of this process's own. The system takes those of connections from above, so that none has one before the gateway listens.
_PORTS = iter(random.sample(range(10_000, 32_768), 22_768))


def _free_port():
    """A port that nobody has, and that is not given out again."""
    for port in _PORTS:
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def _routes(sandbox, change):
    routes = json.loads((ROOT / "routes.json").read_text())
    for provider in routes["providers"].values():
        provider["base_url"] = provider["base_url"].replace("http://127.0.0.1:8090", sandbox)
    scopes = {KEY: ["events:write", "events:read", "deliveries:manage", "migrations:manage"], READER_KEY: ["events:read"], ADMIN_KEY: ["admin"]}
    routes["clients"] = [
        {
            "name": f"client-{number}",
            "tenant": "conformance",
            "key_sha256": hashlib.sha256(key.encode()).hexdigest(),
            "scopes": granted,
        }
        for number, (key, granted) in enumerate(scopes.items())
    ]
    if change:
        change(routes)
    return routes


@contextlib.contextmanager
def gateway(change=None):
    """Runs a gateway for as long as the block; `change` may alter its routes first."""
    binary = os.environ.get("TOLLGATE", ROOT / ".build/release/tollgate")
    listen, sandbox = (f"127.0.0.1:{_free_port()}" for _ in range(2))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "routes.json").write_text(json.dumps(_routes(f"http://{sandbox}", change)))
        running = Gateway(binary, folder, f"http://{listen}", f"http://{sandbox}")
        try:
            running.start()
            yield running
        except BaseException:
            print(running.log())
            raise
        finally:
            running.stop()


def _answers(running):
    try:
        running.get("/readyz")
        running.get("/sandbox/lago/events", running.sandbox)
        return True
    except OSError:
        return False
