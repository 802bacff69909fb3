"""A gateway of its own for each script: free ports, an empty journal, all simulators behind it.

Takes the binary from TOLLGATE (.build/release/tollgate without it).
"""

import contextlib
import hashlib
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEY = "conformance-key"
READER_KEY = "conformance-reader-key"
ADMIN_KEY = "conformance-admin-key"


class Gateway:
    def __init__(self, url, sandbox):
        self.url = url
        self.sandbox = sandbox

    def get(self, path, base=None):
        request = urllib.request.Request((base or self.url) + path, headers={"Authorization": f"Bearer {KEY}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def received(self, vendor):
        """The events that reached a vendor's simulator, as it got them."""
        return self.get(f"/sandbox/{vendor}/events", self.sandbox)["received"]

    def wait_for(self, what, condition, seconds=15):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            time.sleep(0.05)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "routes.json"
        file.write_text(json.dumps(_routes(f"http://{sandbox}", change)))
        command = [binary, "serve", "--sandbox", "--routes", file, "--data", f"{folder}/data"]
        command += ["--listen", listen, "--sandbox-listen", sandbox, "--log-level", "error"]
        log = pathlib.Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            running = Gateway(f"http://{listen}", f"http://{sandbox}")
            running.wait_for("the gateway", lambda: process.poll() is not None or _answers(running))
            assert process.poll() is None, "the gateway did not start"
            yield running
        except BaseException:
            print(log.read_text())
            raise
        finally:
            process.terminate()
            process.wait(timeout=30)


def _answers(running):
    try:
        running.get("/readyz")
        running.get("/sandbox/lago/events", running.sandbox)
        return True
    except OSError:
        return False
