"""Flexprice's Python SDK, unchanged, against the gateway: every event call, good and bad, beside the same call to the simulator.

Exits with 1 at the first difference.
"""

import datetime

import httpx
from flexprice import Flexprice
from flexprice.models import errors

from running_gateway import KEY, PATIENCE, READER_KEY, gateway

FLEXPRICE_KEY = "sk_sandbox_0123456789abcdef"
# Answers of the vendor itself differ in these from one server to the next, or, for the place of a fault, in more words here.
OWN = {"environment_id", "ingested_at", "details", "iter_first_key", "iter_last_key"}
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def at(second):
    return NOW - datetime.timedelta(hours=1) + datetime.timedelta(seconds=second)


def text(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.125Z")


def event(event_id=None, second=0, **fields):
    event = {"event_name": "api_request", "external_customer_id": "cust_1", "timestamp": text(at(second)), **fields}
    return {**event, "event_id": event_id} if event_id is not None else event


def plain(value):
    """A value of the SDK without what is each server's own."""
    if hasattr(value, "model_dump"):
        value = value.model_dump(mode="json", exclude_unset=True)
    if isinstance(value, dict):
        return {name: plain(field) for name, field in value.items() if name not in OWN}
    return [plain(element) for element in value] if isinstance(value, list) else value


def outcome(call):
    """What an SDK's call came to: its value, or its exception with all that an application can see of it."""
    try:
        return plain(call())
    except errors.ErrorResponse as error:
        return {"raised": "ErrorResponse", "status": error.status_code, "error": plain(error.data)}
    except errors.FlexpriceDefaultError as error:
        return {"raised": "FlexpriceDefaultError", "status": error.status_code, "body": error.body}


def check_same_answers(ours, theirs):
    """Each call at the gateway and at the simulator, in this order, must come to the same."""
    customer = {"external_customer_id": "cust_1"}
    calls = {
        "ingest": lambda f: f.events.ingest_event(**event("e1", 1, properties={"size": "100", "region": "eu"})),
        "ingest again": lambda f: f.events.ingest_event(**event("e1", 1, properties={"size": "100", "region": "eu"})),
        "ingest with all fields": lambda f: f.events.ingest_event(
            **event("a/b c ä", 2, source="api", customer_id="cust_own", properties={'"odd"': "200}", '{"x"': "1"})
        ),
        "ingest with an offset": lambda f: f.events.ingest_event(
            **{**event("e3"), "timestamp": at(3).strftime("%Y-%m-%dT%H:%M:%S.5+00:00")}
        ),
        "an id is made": lambda f: sorted(f.events.ingest_event(**event(None, 4, external_customer_id="cust_new"))),
        "the same id at another time": lambda f: f.events.ingest_event(**event("again", 40)),
        "and once more": lambda f: f.events.ingest_event(**event("again", 41)),
        "both are there": lambda f: f.events.list_raw_events(event_id="again"),
        "bulk": lambda f: f.events.ingest_events_bulk(
            events=[event("b1", 5, properties={"region": "us"}), event("b2", 6, external_customer_id="cust_2")]
        ),
        "empty bulk": lambda f: f.events.ingest_events_bulk(events=[]),
        "large bulk": lambda f: f.events.ingest_events_bulk(events=[event(f"l{n}") for n in range(1001)]),
        "no name": lambda f: f.events.ingest_event(**event("x1", event_name="")),
        "no customer": lambda f: f.events.ingest_event(**event("x2", external_customer_id="")),
        "time without an offset": lambda f: f.events.ingest_event(**{**event("x3"), "timestamp": "2024-03-20T15:04:05"}),
        "time as a number": lambda f: f.events.ingest_event(**{**event("x4"), "timestamp": "1710947045"}),
        "nothing in a bulk": lambda f: f.events.list_raw_events(event_id="x1"),
        "query by customer": lambda f: f.events.list_raw_events(**customer),
        "query, oldest first": lambda f: f.events.list_raw_events(order="asc", sort="timestamp", **customer),
        "query by id": lambda f: f.events.list_raw_events(event_id="a/b c ä"),
        "query by name": lambda f: f.events.list_raw_events(event_name="unheard of"),
        "query by source": lambda f: f.events.list_raw_events(source="api"),
        "query by property": lambda f: f.events.list_raw_events(property_filters={"region": ["eu", "us"]}),
        "query by time": lambda f: f.events.list_raw_events(start_time=at(2), end_time=at(4), **customer),
        "query before its start": lambda f: outcome(
            lambda: f.events.list_raw_events(start_time=at(4), end_time=at(2))
        )["status"],
        "page": lambda f: f.events.list_raw_events(page_size=2, **customer),
        "next page by number": lambda f: f.events.list_raw_events(page_size=2, offset=2, **customer),
        "lookup": lambda f: f.events.get_event(id="e1", **customer).event,
        "lookup of unusual letters": lambda f: f.events.get_event(id="a/b c ä", **customer).event,
        "lookup of nothing": lambda f: f.events.get_event(id="nothing", **customer),
        "lookup of another's": lambda f: f.events.get_event(id="b2", **customer),
    }
    for name, call in calls.items():
        here, there = outcome(lambda: call(ours)), outcome(lambda: call(theirs))
        assert here == there, f"{name}:\n  gateway:   {here}\n  simulator: {there}"
    return len(calls)


def check_retried_bulk(running, flexprice):
    """A collector that stamps each try anew sends the batch again and again: what is new is stored at the first try."""
    name = {"event_name": "retried"}
    flexprice.events.ingest_events_bulk(events=[event("fx-1", 50, **name)])
    flexprice.events.ingest_events_bulk(events=[event("fx-1", 59, **name), event("fx-2", 59, **name)])
    found = flexprice.events.list_raw_events(**name).events
    assert sorted((entry.id, entry.timestamp) for entry in found) == sorted(
        [("fx-1", text(at(50))), ("fx-1", text(at(59))), ("fx-2", text(at(59)))]
    ), found
    # One id, timestamp and customer is one event, whatever is said of it; no answer is a 409.
    with httpx.Client(base_url=f"{running.url}/flexprice/v1", headers={"x-api-key": KEY}, timeout=PATIENCE) as http:
        changed = http.post("/events", json=event("fx-2", 59, properties={"other": 1}, **name))
        assert (changed.status_code, changed.json()["event_id"]) == (202, "fx-2"), changed.text
        huge = '{"event_name":"a","external_customer_id":"c","properties":{"n":1e400}}'
        refused = http.post("/events", content=huge)
        assert (refused.status_code, refused.json()["message"]) == (400, "Invalid request payload"), refused.text
    assert len(flexprice.events.list_raw_events(**name).events) == 3

    def billed():
        return [entry["event_id"] for entry in running.received("flexprice") if entry["event_name"] == "retried"]

    running.wait_for("the retried events", lambda: sorted(billed()) == ["fx-1", "fx-1", "fx-2"])
    running.wait_for(
        "the retried events at a vendor that knows ids alone",
        lambda: len({entry["external_id"] for entry in running.received("polar") if entry["name"] == "retried"}) == 3,
    )


def check_reads_at_the_vendor(running):
    """Flexprice cuts times to whole seconds; what was delivered is found all the same, page by page."""
    window = "from=" + text(at(1)) + "&until=" + (at(60)).strftime("%Y-%m-%dT%H:%M:%SZ")
    ours = [entry["id"] for entry in running.get(f"/v1/events?limit=1000&{window}")["events"]]

    def theirs():
        ids, cursor = [], ""
        while cursor is not None:
            page = running.get(f"/v1/events?provider=flexprice-sandbox&limit=3&{window}{cursor}")
            ids += [entry["id"] for entry in page["events"]]
            cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
        return ids

    running.wait_for("Flexprice to have all", lambda: sorted(theirs()) == sorted(ours))
    shown = running.get("/v1/events/e1?provider=flexprice-sandbox")
    assert shown["timestamp"] == text(at(1)), shown


def check_environment():
    """A key from a server's own configuration needs the environment named; without it the provider parks, and says what is missing."""

    def in_environment(routes):
        routes["providers"]["flexprice-sandbox"]["environment_id"] = "env_1"
        to_flexprice(routes)

    for change, parked in [(in_environment, False), (to_flexprice, True)]:
        with gateway(change) as running:
            httpx.put(f"{running.sandbox}/sandbox/flexprice/settings", json={"environment": "env_1"}, timeout=PATIENCE).raise_for_status()
            Flexprice(server_url=f"{running.url}/flexprice/v1", api_key_auth=KEY).events.ingest_event(**event("env", 1))
            if not parked:
                running.wait_for("the event", lambda: running.received("flexprice"))
                assert running.get("/v1/events/env?provider=flexprice-sandbox")["id"] == "env"
                continue

            def told():
                deliveries = running.get("/v1/events/env")["deliveries"]
                errors = [entry.get("error") or {} for entry in deliveries if entry["provider"] == "flexprice-sandbox"]
                return any("environment_id" in error.get("message", "") for error in errors)

            running.wait_for("the reason", told)


def check_cursor(flexprice):
    """Pages by key meet every event once, in both directions."""
    names = {"event_name": "paged"}
    flexprice.events.ingest_events_bulk(events=[event(f"p{n}", n, event_name="paged") for n in range(7)])
    first = flexprice.events.list_raw_events(page_size=3, **names)
    second = flexprice.events.list_raw_events(page_size=3, iter_last_key=first.iter_last_key, **names)
    back = flexprice.events.list_raw_events(page_size=3, iter_first_key=second.iter_first_key, **names)
    ids = [[found.id for found in page.events] for page in (first, second, back)]
    assert ids == [["p6", "p5", "p4"], ["p3", "p2", "p1"], ["p6", "p5", "p4"]], ids


def check_nothing_of_a_bad_bulk(running, flexprice):
    """Stricter than Flexprice, which takes the events before the bad one."""
    bad = outcome(lambda: flexprice.events.ingest_events_bulk(events=[event("n1"), event("n2", event_name="")]))
    assert bad["status"] == 400 and "1" in bad["error"]["message"], bad
    assert not flexprice.events.list_raw_events(event_id="n1").events
    with httpx.Client(base_url=f"{running.url}/flexprice/v1", headers={"x-api-key": KEY}, timeout=PATIENCE) as http:
        answer = http.post("/events/bulk", json={"events": [event("n3"), None, event("n4", properties=[])]})
        assert answer.status_code == 400 and answer.json()["code"] == "validation_error", answer.text


def check_raw_http(running):
    """What the SDK does not send, and the API takes."""
    with httpx.Client(base_url=f"{running.url}/flexprice/v1", headers={"x-api-key": KEY}, timeout=PATIENCE) as http:
        mixed = {"n": 1, "deep": {"a": [1, None]}, "t": True}
        answer = http.post("/events", json=event("raw", properties=mixed), headers={"content-type": "text/plain"})
        assert answer.status_code == 202 and answer.headers["content-type"] == "application/json; charset=utf-8"
        found = http.get("/events", params={"event_id": "raw", "page_size": 10}).json()["events"]
        assert [entry["properties"] for entry in found] == [mixed]
        assert http.get("/events/raw").json()["event"]["id"] == "raw"
        moved = http.post("/events/", json=event("slash"))
        assert moved.status_code == 307
        assert http.post("/events/", json=event("slash"), follow_redirects=True).status_code == 202
        unknown = http.get("/meters")
        assert (unknown.status_code, unknown.json()["code"]) == (501, "not_implemented"), unknown.text
        wrong = http.delete("/events")
        assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, POST"), wrong.text
        assert wrong.json()["code"] == "method_not_allowed", wrong.text
        assert http.post("/events", content=iter([b'{"event_name":"c",', b'"external_customer_id":"c"}'])).is_success
    answer = httpx.post(f"{running.url}/flexprice/v1/events", json=event("key"), timeout=PATIENCE)
    assert (answer.status_code, answer.json()) == (401, {"error": "Unauthorized"})


def check_keys(running):
    nobody = Flexprice(server_url=f"{running.url}/flexprice/v1", api_key_auth="nobody")
    refused = outcome(lambda: nobody.events.ingest_event(**event("k1")))
    assert refused == {"raised": "FlexpriceDefaultError", "status": 401, "body": '{"error":"Unauthorized"}'}, refused
    reader = Flexprice(server_url=f"{running.url}/flexprice/v1", api_key_auth=READER_KEY)
    assert reader.events.list_raw_events().events
    refused = outcome(lambda: reader.events.ingest_event(**event("k2")))
    assert refused["status"] == 403 and refused["body"] == '{"message":"insufficient permissions"}', refused


def check_delivered(running, flexprice):
    """What came in by Flexprice's API is at Flexprice as it was sent, and its lookup says so."""

    def sent():
        return {entry["event_id"]: entry for entry in running.received("flexprice")}

    running.wait_for("Flexprice's events", lambda: {"e1", "a/b c ä", "e3", "b1", "b2", "raw"} <= set(sent()))
    events = sent()
    assert events["e1"]["properties"] == {"size": "100", "region": "eu"}
    assert events["a/b c ä"]["properties"] == {'"odd"': "200}", '{"x"': "1"}
    assert events["a/b c ä"]["customer_id"] == "cust_own" and events["a/b c ä"]["source"] == "api"
    assert len([entry for entry in running.received("flexprice") if entry["event_id"] == "e1"]) == 1
    running.wait_for(
        "the lookup to know it",
        lambda: flexprice.events.get_event(id="e1", external_customer_id="cust_1").status == "processed",
    )


def to_flexprice(routes):
    """Flexprice's word counts."""
    for route in routes["routes"]:
        for to in route["to"]:
            to["mode"] = "primary" if to["provider"] == "flexprice-sandbox" else "mirror"


with gateway(to_flexprice) as running:
    ours = Flexprice(server_url=f"{running.url}/flexprice/v1", api_key_auth=KEY)
    # The simulator that the calls are compared with must not have seen what the gateway delivers.
    with gateway() as other:
        theirs = Flexprice(server_url=f"{other.sandbox}/flexprice/v1", api_key_auth=FLEXPRICE_KEY)
        count = check_same_answers(ours, theirs)
    check_cursor(ours)
    check_retried_bulk(running, ours)
    check_reads_at_the_vendor(running)
    check_nothing_of_a_bad_bulk(running, ours)
    check_raw_http(running)
    check_keys(running)
    check_delivered(running, ours)

check_environment()

print(f"Flexprice's SDK: {count} calls answered as by Flexprice, and delivered")
