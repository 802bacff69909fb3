"""Lago's Python SDK, unchanged, against the gateway: every event call, good and bad, beside the same call to the simulator.

Exits with 1 at the first difference.
"""

import httpx
from lago_python_client.client import Client
from lago_python_client.exceptions import LagoApiError
from lago_python_client.models import BatchEvent, Event

from running_gateway import KEY, PATIENCE, READER_KEY, gateway

# Answers of the vendor itself differ in these from one server to the next.
OWN = {"lago_id", "created_at"}
LAGO_KEY = "5a4db0c5-0000-4000-8000-5a4db0c50000"


def event(transaction_id, subscription="sub_1", code="api_request", **fields):
    return Event(transaction_id=transaction_id, external_subscription_id=subscription, code=code, **fields)


def outcome(call):
    """What an SDK's call came to: its value, or its exception with all that an application can see of it."""
    try:
        value = call()
    except LagoApiError as error:
        return {
            "raised": type(error).__name__,
            "status": error.status_code,
            "body": error.response,
            "detail": error.detail,
        }
    if hasattr(value, "dict"):
        return {name: field for name, field in value.dict().items() if name not in OWN}
    return value


def check_same_answers(running, ours, theirs):
    """Each call at the gateway and at the simulator, in this order, must come to the same."""
    calls = {
        "create": lambda lago: lago.events.create(event("t1", timestamp=1650893379, properties={"n": 1})),
        "create with decimals": lambda lago: lago.events.create(
            event("t2", timestamp="1650893379.125", properties={"a": {"b": [1, "x"]}, "d": 42.5})
        ),
        "create without timestamp": lambda lago: lago.events.create(event("t3")).transaction_id,
        "create with an amount": lambda lago: lago.events.create(
            event("t4", timestamp=1650893380, precise_total_amount_cents="1234.56")
        ),
        "create with unusual letters": lambda lago: lago.events.create(event("ä b", "sub/ü", "código", timestamp=1650893381)),
        "batch": lambda lago: lago.events.batch_create(BatchEvent(events=[event("b1"), event("b2", "sub_2")])),
        "find": lambda lago: lago.events.find("t1"),
        "find with unusual letters": lambda lago: lago.events.find("ä b"),
        "find nothing": lambda lago: lago.events.find("nothing"),
        "other content, same id": lambda lago: lago.events.create(event("t1", timestamp=1650893382)),
        "known id in a batch": lambda lago: lago.events.batch_create(
            BatchEvent(events=[event("b9"), event("t1", code="other")])
        ),
        "nothing of a refused batch": lambda lago: lago.events.find("b9"),
        "no id": lambda lago: lago.events.create(event("")),
        "no id and no code": lambda lago: lago.events.create(event("", code="")),
        "time as text": lambda lago: lago.events.create(event("t9", timestamp="2024-03-20T15:04:05Z")),
        "bad events of a batch": lambda lago: lago.events.batch_create(
            BatchEvent(events=[event("b3"), event(""), event("b4", timestamp="soon"), event("b5")])
        ),
        "empty batch": lambda lago: lago.events.batch_create(BatchEvent(events=[])),
        "large batch": lambda lago: lago.events.batch_create(BatchEvent(events=[event(f"l{n}") for n in range(101)])),
        "estimate": lambda lago: [fee.dict() for fee in lago.events.estimate_fees(event("x"))["fees"]],
        "estimate for nobody": lambda lago: lago.events.estimate_fees(event("x", "nobody")),
        "estimate of nothing": lambda lago: lago.events.estimate_fees(event("x", code="unheard_of")),
        "estimate in arrears": lambda lago: lago.events.estimate_fees(event("x", code="monthly_seats")),
        "estimate at no time": lambda lago: lago.events.estimate_fees(event("x", timestamp="soon")),
    }
    for name, call in calls.items():
        here, there = outcome(lambda: call(ours)), outcome(lambda: call(theirs))
        assert here == there, f"{name}:\n  gateway:   {here}\n  simulator: {there}"
    return len(calls)


def refused(call, status, details=None):
    result = outcome(call)
    assert result and result.get("raised") == "LagoApiError" and result["status"] == status, result
    if details is not None:
        assert result["body"]["error_details"] == details, result


def check_stricter_than_lago(lago):
    refused(lambda: lago.events.create(event("s1", "")), 422, {"external_subscription_id": ["value_is_mandatory"]})
    refused(
        lambda: lago.events.create(event("s2", timestamp=1772366400250)),
        422,
        {"timestamp": ["milliseconds_where_seconds_are_expected"]},
    )


def check_repeats(lago):
    first = lago.events.create(event("r1", timestamp=1650893379, properties={"n": 1}))
    again = lago.events.create(event("r1", timestamp=1650893379, properties={"n": 1}))
    assert first.lago_id == again.lago_id and again.timestamp == "2022-04-25T13:29:39.000Z"
    assert lago.events.batch_create(BatchEvent(events=[event("r1", timestamp=1650893379, properties={"n": 1})])) is None
    # One id may live in two subscriptions.
    assert lago.events.create(event("r1", "sub_other")).external_subscription_id == "sub_other"


def check_keys(running):
    for base in (f"{running.url}/lago/", f"{running.url}/lago"):
        # Without the slash the SDK leaves the last part out; both reach the gateway.
        assert Client(api_key=KEY, api_url=base).events.find("t1").code == "api_request"
    nobody = Client(api_key="nobody", api_url=f"{running.url}/lago/")
    refused(lambda: nobody.events.find("t1"), 401)
    reader = Client(api_key=READER_KEY, api_url=f"{running.url}/lago/")
    assert reader.events.find("t1").transaction_id == "t1"
    result = outcome(lambda: reader.events.create(event("k1")))
    assert result["status"] == 403 and result["body"]["code"] == "write_action_not_allowed_for_event", result


def check_same_pages(running, other):
    """The numbers of empty pages, and of pages past the end, as Lago counts them."""
    with (
        httpx.Client(base_url=f"{running.url}/lago/api/v1", headers={"Authorization": f"Bearer {KEY}"}, timeout=PATIENCE) as ours,
        httpx.Client(base_url=f"{other.sandbox}/lago/api/v1", headers={"Authorization": f"Bearer {LAGO_KEY}"}, timeout=PATIENCE) as theirs,
    ):
        for query in [{}, {"page": 2}, {"code": "unheard_of"}, {"code": "unheard_of", "page": 5}, {"page": 999}]:
            query = {"per_page": 3, **query}
            here, there = (http.get("/events", params=query).json()["meta"] for http in (ours, theirs))
            assert here == there, f"{query}: {here} {there}"


def check_list(running):
    headers = {"Authorization": f"Bearer {KEY}"}
    with httpx.Client(base_url=f"{running.url}/lago/api/v1", headers=headers, timeout=PATIENCE) as http:
        everything = http.get("/events").json()
        ids = [found["transaction_id"] for found in everything["events"]]
        assert {"t1", "t2", "t3", "t4", "b1", "b2"} <= set(ids), ids
        assert everything["meta"]["total_count"] == len(ids)
        times = [found["timestamp"] for found in everything["events"]]
        assert times == sorted(times, reverse=True)
        found = http.get("/events", params={"external_subscription_id": "sub_2"}).json()
        assert [entry["transaction_id"] for entry in found["events"]] == ["b2"]
        page = http.get("/events", params={"page": 2, "per_page": 1, "code": "api_request"}).json()
        assert len(page["events"]) == 1 and page["meta"]["prev_page"] == 1 and page["meta"]["next_page"] == 3
        bad = http.get("/events", params={"timestamp_from": "yesterday"})
        assert bad.status_code == 422 and bad.json()["error_details"] == {"timestamp_from": ["invalid_date"]}
        large = http.get("/events", params={"per_page": 1001})
        assert large.status_code == 422 and large.json()["error_details"] == {"per_page": ["must_be_at_most_1000"]}


def check_customer(running):
    """Older clients name the customer beside the subscription; Lago passes over it, the other vendors need it."""
    named = {"transaction_id": "cust", "external_customer_id": "cust-a", "external_subscription_id": "sub_a", "code": "tok"}
    headers = {"Authorization": f"Bearer {KEY}"}
    answer = httpx.post(f"{running.url}/lago/api/v1/events", json={"event": named}, headers=headers, timeout=PATIENCE)
    assert answer.status_code == 200, answer.text
    assert running.get("/v1/events/cust")["customer_id"] == "cust-a"
    for vendor, field in [("polar", "external_customer_id"), ("flexprice", "external_customer_id"), ("knetik", "user_id")]:
        running.wait_for(
            f"the customer at {vendor}", lambda: "cust-a" in {entry.get(field) for entry in running.received(vendor)}
        )
    nul = named | {"transaction_id": "nul", "properties": {"a": "\0"}}
    refused = httpx.post(f"{running.url}/lago/api/v1/events", json={"event": nul}, headers=headers, timeout=PATIENCE)
    assert refused.status_code == 422, refused.text


def check_delivered(running):
    """What came in by Lago's API is at Lago as it was sent."""
    running.wait_for(
        "Lago's events",
        lambda: {"t1", "t2", "t4", "b1", "b2", "r1"} <= {sent["transaction_id"] for sent in running.received("lago")},
    )
    sent = {(entry["transaction_id"], entry["external_subscription_id"]): entry for entry in running.received("lago")}
    assert sent["t1", "sub_1"]["code"] == "api_request" and sent["t1", "sub_1"]["properties"] == {"n": 1}
    assert float(sent["t2", "sub_1"]["timestamp"]) == 1650893379.125
    assert sent["t2", "sub_1"]["properties"] == {"a": {"b": [1, "x"]}, "d": 42.5}
    assert sent["t4", "sub_1"]["precise_total_amount_cents"] == "1234.56"
    assert ("ä b", "sub/ü") in sent and ("r1", "sub_other") in sent


def without_lago(routes):
    for route in routes["routes"]:
        route["to"] = [to for to in route["to"] if to["provider"] != "lago-sandbox"]
        route["to"][0]["mode"] = "primary"


with gateway() as running:
    ours = Client(api_key=KEY, api_url=f"{running.url}/lago/")
    theirs = Client(api_key=LAGO_KEY, api_url=f"{running.sandbox}/lago/")
    # The simulator that the calls are compared with must not have seen what the gateway delivers.
    with gateway() as other:
        theirs = Client(api_key=LAGO_KEY, api_url=f"{other.sandbox}/lago/")
        count = check_same_answers(running, ours, theirs)
        check_same_pages(running, other)
    check_stricter_than_lago(ours)
    check_repeats(ours)
    check_keys(running)
    check_delivered(running)
    check_list(running)
    check_customer(running)

with gateway(without_lago) as running:
    result = outcome(lambda: Client(api_key=KEY, api_url=f"{running.url}/lago/").events.estimate_fees(event("x")))
    assert result["status"] == 501 and result["body"]["code"] == "no_lago_provider_in_routes", result

print(f"Lago's SDK: {count} calls answered as by Lago, and delivered")
