"""The Python library of Standard Webhooks against the gateway's notifications.

Exits with 1 at the first difference.
"""

import base64
import http.server
import json
import os
import threading
import urllib.request

from standardwebhooks import Webhook, WebhookVerificationError

from running_gateway import KEY, PATIENCE, gateway

SECRET = "whsec_" + base64.b64encode(os.urandom(32)).decode()
# Each message, or why it was not genuine.
messages = []


class Receiver(http.server.BaseHTTPRequestHandler):
    # The first attempt is refused, and comes again with the same id.
    refused = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if not self.refused:
            self.refused.append((self.headers["webhook-id"], body))
            return self.answer(500)
        try:
            messages.append((self.headers["webhook-id"], Webhook(SECRET).verify(body, dict(self.headers)), body))
        except WebhookVerificationError as error:
            messages.append(("", str(error), body))
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def notify(routes):
    routes["notifications"] = {
        "name": "conformance",
        "gather": "100ms",
        "interval": "100ms",
        "settle": "100ms",
        "receivers": {
            "ops": {
                "type": "webhook",
                "url": f"http://127.0.0.1:{server.server_port}/hook",
                "secret": {"env": "CONFORMANCE_NOTIFY_SECRET"},
                "kinds": ["parked"],
            }
        },
    }
    for provider in routes["providers"].values():
        provider["breaker"] = {"parked_pause": "500ms"}


def faults(running, text):
    request = urllib.request.Request(f"{running.sandbox}/sandbox/lago/faults", text.encode(), method="PUT")
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        assert answer.status == 200


def incidents(status):
    return [
        incident
        for _, message, _ in messages
        for incident in message["data"]["incidents"]
        if incident["status"] == status
    ]


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ["CONFORMANCE_NOTIFY_SECRET"] = SECRET

with gateway(notify) as running:
    faults(running, '{"status":{"401":1}}')
    running.post("/v1/events", json.dumps([{"id": "e1", "name": "api_request", "customer_id": "c1"}]))
    running.wait_for("the message of a parked provider", lambda: messages)
    assert all(id for id, _, _ in messages), messages
    assert (messages[0][0], messages[0][2]) == Receiver.refused[0], "a repeated message has the same id and bytes"
    assert messages[0][1]["type"] == "tollgate.notification" and messages[0][1]["data"]["gateway"] == "conformance"
    parked = incidents("started")
    assert [incident["kind"] for incident in parked] == ["parked"], parked
    faults(running, "{}")
    running.wait_for("the message that it is over", lambda: incidents("resolved"))
    assert incidents("resolved")[0]["subject"] == parked[0]["subject"]
    assert SECRET not in running.log()

server.shutdown()
print(f"Standard Webhooks: {len(messages)} messages verified")
