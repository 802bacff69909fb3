"""A gateway with simulated vendors, made-up customers and a scripted outage: the dashboard alive in one command.

Says what it does, and stops by itself. DEMO_EVENTS (2000000) and DEMO_MINUTES (15) set how much and how long;
TOLLGATE names the program.
"""

import contextlib
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("TOLLGATE", ROOT / ".build/release/tollgate")
KEY = "tg_demo_5a4db0c5f1e2d3c4b5a69788"
EVENTS = int(os.environ.get("DEMO_EVENTS", 2_000_000))
MINUTES = float(os.environ.get("DEMO_MINUTES", 15))

DAY = 86_400
BATCH = 5_000
# Live traffic, in events per second.
RATE = 200
# Simulators keep all that they get in memory, so they forget the past while it is loaded.
FORGET_EVERY = 250_000

NAMES = ["api_request", "storage_gb", "seat_added", "job_minutes", "tokens_used"]
REGIONS = ["eu-central", "us-east", "ap-south"]
CITIES = ["harbor", "meadow", "summit", "canyon", "orchard", "lagoon", "prairie", "glacier"]
TRADES = ["bakery", "robotics", "studios", "logistics", "games", "health", "press", "foods"]
CUSTOMERS = [f"{city}-{trade}" for city in CITIES for trade in TRADES]


def say(text):
    print(f"demo: {text}", flush=True)


def event(number, moment):
    """One event. Few customers are responsible for most of the usage, as in life."""
    customer = CUSTOMERS[min(int(random.expovariate(0.12)), len(CUSTOMERS) - 1)]
    name = NAMES[min(int(random.expovariate(0.9)), len(NAMES) - 1)]
    return (
        f'{{"id":"demo-{number}","name":"{name}","customer_id":"{customer}","timestamp":{moment:.3f},'
        f'"properties":{{"units":{random.randint(1, 500)},"region":"{random.choice(REGIONS)}"}}}}'
    )


class Demo:
    def __init__(self, folder):
        self.gateway, self.sandbox = (f"127.0.0.1:{port(wanted)}" for wanted in (8080, 8090))
        self.folder = pathlib.Path(folder)
        self.number = 0
        self.stopped = threading.Event()

    def start(self):
        routes = (ROOT / "routes.json").read_text().replace("127.0.0.1:8090", self.sandbox)
        file = self.folder / "routes.json"
        file.write_text(routes)
        command = [BINARY, "serve", "--sandbox", "--routes", file, "--data", self.folder / "data", "--log-level", "warning"]
        command += ["--listen", self.gateway, "--sandbox-listen", self.sandbox]
        self.log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 120
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                sys.exit("demo: the gateway did not start:\n" + (self.folder / "log").read_text()[-2000:])
            time.sleep(0.1)

    def stop(self):
        self.stopped.set()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()

    def answers(self):
        try:
            self.call("GET", "/readyz")
            return True
        except OSError:
            return False

    def call(self, method, path, body=None, base=None, kind="application/json"):
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": kind}
        request = urllib.request.Request(f"http://{base or self.gateway}{path}", body, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def control(self, method, path, settings=None):
        self.call(method, f"/sandbox{path}", json.dumps(settings).encode() if settings else None, self.sandbox)

    def send(self, times):
        """Sends events of these times; waits while the gateway has enough to do."""
        lines = []
        for moment in times:
            self.number += 1
            lines.append(event(self.number, moment))
        body = "\n".join(lines).encode()
        while not self.stopped.is_set():
            try:
                return self.call("POST", "/v1/events", body, kind="application/x-ndjson")
            except urllib.error.HTTPError as error:
                if error.code not in (429, 503):
                    raise
                self.stopped.wait(float(error.headers.get("Retry-After", 1)))

    def load(self):
        """The past: 30 days, more in the daytime, more in recent days."""
        end = time.time()
        forgotten = 0
        while self.number < EVENTS and not self.stopped.is_set():
            count = min(BATCH, EVENTS - self.number)
            self.send(sorted(end - past() for _ in range(count)))
            if self.number - forgotten >= FORGET_EVERY:
                forgotten = self.number
                self.control("DELETE", "")
                say(f"{self.number:,} of {EVENTS:,} events are accepted")

    def traffic(self):
        """Live traffic until the end."""
        while not self.stopped.is_set():
            start = time.monotonic()
            now = time.time()
            try:
                self.send([now - random.random() for _ in range(max(1, int(random.gauss(RATE, RATE / 8)) // 2))])
            except OSError as error:
                if not self.stopped.is_set():
                    say(f"an event was not accepted: {error}")
            self.stopped.wait(max(0.0, 0.5 - (time.monotonic() - start)))

    def play(self):
        """The outage, and what follows, in shares of the time."""
        script = [
            (0.08, "Lago answers 503 to everything; its circuit opens and its backlog grows", "lago", {"status": {"503": 1}}),
            (0.30, "Lago works again; watch the backlog drain", "lago", None),
            (0.42, "Flexprice rejects one event in fifty; they become dead letters under Problems", "flexprice", {"status": {"422": 0.02}}),
            (0.55, "Flexprice accepts everything again; retry the dead letters under Problems", "flexprice", None),
            (0.65, "Polar is slow: two to four seconds per call", "polar", {"latency_ms": [2000, 4000]}),
            (0.80, "Polar is fast again", "polar", None),
        ]
        start = time.monotonic()
        for share, text, vendor, fault in script:
            if self.stopped.wait(max(0.0, start + share * MINUTES * 60 - time.monotonic())):
                return
            self.control("PUT" if fault else "DELETE", f"/{vendor}/faults", fault)
            say(text)
        self.stopped.wait(max(0.0, start + MINUTES * 60 - time.monotonic()))


def past():
    """Seconds ago, within 30 days."""
    while True:
        ago = random.triangular(0, 30 * DAY, 0)
        hour = (time.time() - ago) % DAY / 3600
        # Nights are quiet.
        if random.random() < (1.0 if 7 <= hour <= 19 else 0.35):
            return ago


def port(wanted):
    """The wanted port, or a free one if somebody has it."""
    for number in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", number))
            return probe.getsockname()[1]
    sys.exit("demo: no port is free")


def main():
    with tempfile.TemporaryDirectory(prefix="tollgate-demo-") as folder:
        demo = Demo(folder)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        say("starting a gateway and the simulated vendors in a temporary folder")
        demo.start()
        try:
            say(f"dashboard   http://{demo.gateway}/dashboard")
            say(f"key         {KEY}")
            say(f"loading {EVENTS:,} events of {len(CUSTOMERS)} made-up customers over the last 30 days")
            demo.load()
            say(f"loaded; now {RATE} events per second, for {MINUTES:g} minutes. Ctrl-C stops earlier")
            threading.Thread(target=demo.traffic, daemon=True).start()
            demo.play()
            say("the end; the gateway stops and the folder is removed")
        except KeyboardInterrupt:
            say("stopped")
        finally:
            demo.stop()


if __name__ == "__main__":
    main()
