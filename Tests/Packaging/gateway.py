"""Calls of a gateway's API, and waiting for it."""

import json
import socket
import time
import urllib.error
import urllib.request


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, condition, log=None, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        text = log.read_text()[-3000:] if log and time.monotonic() >= deadline else ""
        assert time.monotonic() < deadline, f"timed out waiting: {what}\n{text}"
        time.sleep(0.1)


class Gateway:
    def __init__(self, port, key=None):
        self.address, self.key = f"http://127.0.0.1:{port}", key

    def call(self, path, body=None):
        """Returns the status and the JSON of a response; 0 if nothing listens."""
        request = urllib.request.Request(self.address + path, body and json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        request.add_header("Authorization", f"Bearer {self.key}")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        except OSError:
            return 0, None

    def send(self, identifier):
        status, answer = self.call("/v1/events", {"id": identifier, "name": "api_request", "customer_id": "c-1"})
        assert status == 202, (status, answer)

    def statuses(self, identifier):
        """The states of an event's deliveries by provider; empty if the gateway does not have it."""
        status, event = self.call(f"/v1/events/{identifier}")
        if status != 200:
            return {}
        return {delivery["provider"]: delivery["status"] for delivery in event["deliveries"]}
