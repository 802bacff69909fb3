"""Requests in the form that Knetik's generated clients send them, against the gateway, beside the same requests to the simulator.

None of those clients can be installed any more; the requests below are what their serializers write. Exits with 1 at the first
difference.
"""

import http.client
import json
from urllib.parse import urlsplit

from running_gateway import KEY, PATIENCE, READER_KEY, gateway

KNETIK_ACCOUNT = "acct-sandbox"
JSON = {"Content-Type": "application/json", "Accept": "*/*"}


def javascript(transaction_id, **fields):
    """The order of superagent's client; absent fields are left out."""
    event = {"event_timestamp": 1772366400250, "request_type": "newEvent", "send_timestamp": 1772366401003}
    event |= {"result": "success", "category": "api_call", "transaction_id": transaction_id, "user_id": "acme"}
    event |= {"event_properties": {"seconds": 42.5, "region": "eu", "cached": False}}
    return json.dumps(event | fields)


def java(transaction_id):
    """Jackson writes the type tag, and the field with the same value after it."""
    return (
        '{"request_type":"newEvent","event_timestamp":1772366400250,"send_timestamp":1772366401003,'
        f'"request_type":"newEvent","category":"api_call","result":"success","transaction_id":"{transaction_id}",'
        '"user_id":"acme","device_id":null,"event_properties":null}'
    )


def unity(transaction_id):
    """Every field that is not set is null, the type too."""
    return json.dumps(
        {
            "event_timestamp": 1772366400250,
            "request_type": None,
            "send_timestamp": 1772366401003,
            "category": "api_call",
            "device_id": "device-7",
            "event_properties": None,
            "result": "success",
            "transaction_id": transaction_id,
            "user_id": None,
        }
    )


class Collector:
    """One address with the account id in the query, as the clients put it there."""

    def __init__(self, url, account, name="customerId"):
        self.address = urlsplit(url)
        self.query = f"{name}={account}"

    def post(self, path, body=None, headers=JSON, query=None):
        connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=PATIENCE)
        try:
            target = f"{self.address.path}/v2{path}?{self.query if query is None else query}"
            connection.request("POST", target, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


def batch(*events):
    return '{"batch":[' + ",".join(events) + "]}"


def check_same_answers(ours, theirs):
    calls = {
        "JavaScript": lambda knetik: knetik.post("/events", javascript("j1")),
        "Java": lambda knetik: knetik.post("/events", java("j2")),
        "Unity": lambda knetik: knetik.post("/events", unity("u1")),
        "batch": lambda knetik: knetik.post("/batch", batch(javascript("b1"), java("b2"))),
        "bad event": lambda knetik: knetik.post("/events", javascript("x1", category=None)),
        "nobody": lambda knetik: knetik.post("/events", javascript("x2", user_id=None)),
        "time as text": lambda knetik: knetik.post("/events", javascript("x3", event_timestamp="now"))[0],
        "deep property": lambda knetik: knetik.post("/events", javascript("x4", event_properties={"a": {"b": 1}})),
        "no body": lambda knetik: knetik.post("/events")[0],
        "broken": lambda knetik: knetik.post("/events", '{"category":')[0],
        "batch of nothing": lambda knetik: knetik.post("/batch", "{}"),
        "bad events of a batch": lambda knetik: knetik.post(
            "/batch", batch(javascript("b3"), javascript("x5", category=None), unity("b4").replace("null", '"newEvent"', 1))
        )[0],
        "other type": lambda knetik: [
            (result["code"], bool(result["errors"]))
            for result in json.loads(
                knetik.post("/batch", batch(javascript("b5"), '{"request_type":"newUser","user_id":"a"}'))[1]
            )
        ],
        "no account": lambda knetik: knetik.post("/events", javascript("x6"), query=""),
        "wrong account": lambda knetik: knetik.post("/events", javascript("x7"), query="customerId=nobody"),
    }
    for name, call in calls.items():
        here, there = call(ours), call(theirs)
        assert here == there, f"{name}:\n  gateway:   {here}\n  simulator: {there}"
    return len(calls)


def check_gateway(running, ours):
    # Knetik's own 404 would be taken for something that is missing there.
    status, body = ours.post("/users", "{}")
    assert status == 501 and json.loads(body)["errors"], body
    # A repeat is no second event, and no error either: no client reads more than the status.
    assert ours.post("/events", javascript("j1")) == (202, "")
    assert ours.post("/events", javascript("j1", category="other"))[0] == 400
    assert Collector(f"{running.url}/knetik", KEY, "customer_id").post("/events", javascript("j3")) == (202, "")
    # The one client that loses the body learns why.
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    status, body = ours.post("/events", f"customerId={KEY}", form, query="")
    assert status == 400 and "customerId" in json.loads(body)["errors"][0] and KEY not in body, body
    # Its answers repeat bad requests, as they came.
    status, body = ours.post("/batch", batch(javascript("b6"), '{"category":"a"}'))
    first, second = json.loads(body)
    assert status == 207 and first == {"code": 202, "errors": None, "request": None}, body
    assert second["code"] == 400 and second["request"] == {"category": "a"} and len(second["errors"]) > 1, body
    status, body = Collector(f"{running.url}/knetik", READER_KEY).post("/events", javascript("j4"))
    assert status == 401 and "events:write" in body, body


def check_delivered(running):
    """What came in by Knetik's API is at Knetik as it was sent, once."""

    def sent():
        return [entry["transaction_id"] for entry in running.received("knetik")]

    expected = ["j1", "j2", "j3", "u1", "b1", "b2", "b3", "b4", "b5", "b6"]
    running.wait_for("Knetik's events", lambda: len(sent()) >= len(expected))
    assert sorted(sent()) == sorted(expected), sent()
    events = {entry["transaction_id"]: entry for entry in running.received("knetik")}
    wanted = json.loads(javascript("j1"))
    assert {name: events["j1"][name] for name in wanted if name != "send_timestamp"} == {
        name: value for name, value in wanted.items() if name != "send_timestamp"
    }
    assert events["u1"]["device_id"] == "device-7" and "user_id" not in events["u1"]


with gateway() as running:
    ours = Collector(f"{running.url}/knetik", KEY)
    # The simulator that the calls are compared with must not have seen what the gateway delivers.
    with gateway() as other:
        count = check_same_answers(ours, Collector(f"{other.sandbox}/knetik", KNETIK_ACCOUNT))
    check_gateway(running, ours)
    check_delivered(running)

print(f"Knetik's clients: {count} requests answered as by Knetik, and delivered")
