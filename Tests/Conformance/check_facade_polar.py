"""Polar's newest Python SDK, unchanged, against the gateway: every event call, good and bad, beside the same call to the simulator.

Exits with 1 at the first difference.
"""

import dataclasses
import json

import httpx
from polar import PolarClientError
from polar.v2026_04 import Polar as Polar_2026_04
from polar.v2026_10 import Polar
from polar.v2026_10.errors import HTTPValidationError, ResourceNotFound
from polar.v2027_01 import Polar as Polar_2027_01

from running_gateway import KEY, PATIENCE, READER_KEY, gateway

POLAR_TOKEN = "polar_oat_sandbox_0123456789abcdef"
CUSTOMER = "7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11"
# Answers of the vendor itself differ in these from one server to the next.
OWN = {"id", "organization_id"}


def event(external_id, name="api_request", **fields):
    return {"name": name, "external_customer_id": "usr_1", "external_id": external_id, **fields}


def plain(value):
    """A value of the SDK without what is each server's own."""
    if dataclasses.is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value) if f.name not in OWN}
    if isinstance(value, (list, tuple)):
        return [plain(element) for element in value]
    return value


def outcome(call):
    """What an SDK's call came to: its value, or its exception with the places and kinds of fault."""
    try:
        return plain(call())
    except HTTPValidationError as error:
        return {
            "raised": "HTTPValidationError",
            "faults": sorted({(d.type, tuple(map(str, d.loc[:5]))) for d in error.error.detail}),
        }
    except ResourceNotFound as error:
        return {"raised": "ResourceNotFound", "error": plain(error.error)}
    except PolarClientError as error:
        return {"raised": "PolarClientError", "status": error.status_code}


def at(second):
    """A moment as Polar shows it."""
    return f"2026-03-01T12:00:{second:02}.125000Z"


LLM = {"vendor": "v", "model": "m", "input_tokens": 1, "output_tokens": 2, "total_tokens": 3}
# Text is taken literally; what is missing is an empty text, or 0.
CLAUSES = [
    ("name", "like", "pi_req"),
    ("name", "like", "%"),
    ("name", "like", "api.req"),
    ("s", "like", "e"),
    ("s", "not_like", "e"),
    ("s", "eq", "eu"),
    ("s", "ne", "eu"),
    ("metadata.s", "eq", ""),
    ("n", "eq", 0),
    ("n", "ne", 1),
    ("n", "gte", 1),
    ("n", "lt", 1),
    ("_llm.model", "ne", "m"),
    ("timestamp", "gt", 1772366402),
]


def a_filter(clause):
    property, operator, value = clause
    return {"conjunction": "and", "clauses": [{"property": property, "operator": operator, "value": value}]}


def organization(polar):
    return polar.events.list(limit=1).items[0].organization_id


def first_id(polar):
    return polar.events.list(name="api_request", sorting=["timestamp"]).items[0].id


def check_same_answers(ours, theirs):
    """Each call at the gateway and at the simulator, in this order, must come to the same."""
    calls = {
        "ingest": lambda polar: polar.events.ingest(
            events=[
                event("e1", timestamp=at(1), metadata={"n": 1, "x": 1.5, "t": True, "s": "eu"}),
                event("e2", name="other", timestamp=at(2)),
            ]
        ),
        "ingest again": lambda polar: polar.events.ingest(
            events=[
                event("e1", timestamp=at(1), metadata={"n": 1, "x": 1.5, "t": True, "s": "eu"}),
                event("e3", timestamp=at(3)),
            ]
        ),
        "other content, same id": lambda polar: polar.events.ingest(
            events=[event("e1", name="changed"), event("e4", timestamp=at(4))]
        ),
        "ingest nothing": lambda polar: polar.events.ingest(events=[]),
        "list": lambda polar: polar.events.list(),
        "list by name": lambda polar: polar.events.list(name=["other"]),
        "list of a customer": lambda polar: polar.events.list(external_customer_id=["usr_1"], limit=2, page=2),
        "list of nobody": lambda polar: polar.events.list(external_customer_id="nobody"),
        "names": lambda polar: sorted(plain(polar.events.list_names().items), key=lambda item: item["name"]),
        "all names": lambda polar: sorted(item.name for item in polar.events.iter_list_names(limit=1)),
        "get": lambda polar: polar.events.get(polar.events.list(name="other").items[0].id),
        "get nothing": lambda polar: polar.events.get("7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11"),
        "no customer": lambda polar: polar.events.ingest(events=[{"name": "n"}]),
        "no name": lambda polar: polar.events.ingest(events=[event("b1"), {"external_customer_id": "c"}]),
        "long name": lambda polar: polar.events.ingest(events=[event("b2", name="x" * 129)]),
        "customer that is a number": lambda polar: polar.events.ingest(
            events=[{"name": "n", "external_customer_id": 1}]
        ),
        "customer that is no UUID": lambda polar: polar.events.ingest(events=[{"name": "n", "customer_id": "x"}]),
        "id that is a number": lambda polar: polar.events.ingest(events=[event(7)]),
        "time without offset": lambda polar: polar.events.ingest(events=[event("b3", timestamp="2026-03-01T12:00:00")]),
        "time to come": lambda polar: polar.events.ingest(events=[event("b4", timestamp="2999-01-01T00:00:00Z")]),
        "metadata that is a list": lambda polar: polar.events.ingest(events=[event("b5", metadata=[])]),
        "nothing of a refused request": lambda polar: polar.events.list().pagination,
        "page 0": lambda polar: polar.events.list(page=0),
        "text that cannot be stored": lambda polar: polar.events.ingest(events=[event("b6", name="a\0")]),
        "metadata that cannot be stored": lambda polar: polar.events.ingest(events=[event("b7", metadata={"a": "\0"})]),
        "too many tokens": lambda polar: polar.events.ingest(events=[event("b8", metadata={"_llm": LLM | {"input_tokens": 1e30}})]),
        "search without an organization": lambda polar: polar.events.list(query="api"),
        "search without an organization for too little": lambda polar: polar.events.list(query="a"),
        "search for too little": lambda polar: polar.events.list(query="a", organization_id=organization(polar)),
        "search": lambda polar: polar.events.list(query="OTH", organization_id=organization(polar)),
        **{
            f"filter by {clause}": lambda polar, clause=clause: polar.events.list(filter=json.dumps(a_filter(clause)))
            for clause in CLAUSES
        },
        "filter by metadata": lambda polar: polar.events.list(metadata={"s": "eu"}),
        "filter by metadata that is missing": lambda polar: polar.events.list(metadata={"s": ""}),
        "children of a parent that was named by its own id": lambda polar: (
            polar.events.ingest(events=[event("c1", name="child", parent_id="e1", timestamp=at(20))]),
            polar.events.list(parent_id=polar.events.list(name="api_request", sorting=["timestamp"]).items[0].id).pagination,
        ),
        "children of a parent that was named by its id there": lambda polar: (
            polar.events.ingest(
                events=[event("c2", name="child", parent_id=first_id(polar), timestamp=at(21))],
            ),
            polar.events.list(parent_id=first_id(polar)).pagination,
        ),
    }
    for name, call in calls.items():
        here, there = outcome(lambda: call(ours)), outcome(lambda: call(theirs))
        assert here == there, f"{name}:\n  gateway:   {here}\n  simulator: {there}"
    return len(calls)


def refused(call, *types):
    """The kinds of fault that the SDK saw, which must be these."""
    try:
        call()
    except HTTPValidationError as error:
        found = {detail.type for detail in error.error.detail}
        assert set(types) <= found, found
        assert all(detail.loc is not None and detail.msg for detail in error.error.detail)
    else:
        raise AssertionError(f"nothing was refused where {types} was expected")


def check_bad_input(polar):
    def ingest(**fields):
        return lambda: polar.events.ingest(events=[event("bad", **fields)])

    for metadata, kind in [
        ({"a": ""}, "string_too_short"),
        ({"a": "x" * 501}, "string_too_long"),
        ({"a": None}, "string_type"),
        ({"a": {"b": 1}}, "string_type"),
        ({"_cost": {"amount": 100000, "currency": "usd"}}, "decimal_whole_digits"),
        ({"_cost": {"amount": 1, "currency": "eur"}}, "string_pattern_mismatch"),
        ({"_llm": {"vendor": "v"}}, "missing"),
        ({"a": "\0"}, "value_error"),
    ]:
        refused(ingest(metadata=metadata), kind)
    for timestamp, kind in [
        (None, "datetime_type"),
        ("soon", "datetime_from_date_parsing"),
        ("2999-01-01T00:00:00Z", "value_error"),
    ]:
        refused(ingest(timestamp=timestamp), kind)
    refused(lambda: polar.events.get("names-of-things"), "uuid_parsing")
    refused(lambda: polar.events.list(sorting=["name"]), "enum")
    refused(lambda: polar.events.list(start_timestamp="2026-03-01"), "timezone_aware")
    refused(lambda: polar.events.list(filter="{"), "json_invalid")
    refused(lambda: polar.events.list(filter='{"conjunction":"xor","clauses":[]}'), "enum")
    refused(lambda: polar.events.list(meter_id=CUSTOMER), "value_error")
    refused(lambda: polar.events.list(query="api"), "value_error")


def check_reads(polar):
    polar.events.ingest(
        events=[
            event(
                "f1",
                name="filtered",
                timestamp=at(10),
                metadata={"region": "eu", "n": 1, "_cost": {"amount": 1.5, "currency": "usd"}},
            ),
            event("f2", name="filtered", timestamp=at(11), metadata={"region": "us", "n": 2}),
            {"name": "filtered", "customer_id": CUSTOMER, "timestamp": at(12), "metadata": {"region": "eu"}},
        ]
    )

    def times(**query):
        return [item.timestamp for item in polar.events.list(name="filtered", **query).items]

    assert times() == [at(12), at(11), at(10)]
    assert times(sorting=["timestamp"]) == [at(10), at(11), at(12)]
    assert times(metadata={"region": "eu"}) == [at(12), at(10)]
    assert times(metadata={"region": ["eu", "us"]}) == [at(12), at(11), at(10)]
    assert times(customer_id=CUSTOMER) == [at(12)]
    assert times(external_customer_id="usr_1") == [at(11), at(10)]
    assert times(start_timestamp=at(10), end_timestamp=at(12)) == [at(11)]
    assert times(source="system") == [] and times(source=["user", "system"]) == [at(12), at(11), at(10)]
    clause = {"conjunction": "and", "clauses": [{"property": "n", "operator": "gte", "value": 2}]}
    assert times(filter=json.dumps(clause)) == [at(11)]
    first, third = polar.events.list(name="filtered", sorting=["timestamp"]).items[::2]
    assert times(query="FILT", organization_id=first.organization_id) == [at(12), at(11), at(10)]
    assert (first.metadata["_cost"].amount, first.metadata["_cost"].currency) == (
        "1.5",
        "usd",
    ) and first.external_customer_id == "usr_1"
    assert third.customer_id == CUSTOMER and third.external_customer_id is None
    assert polar.events.get(third.id) == third
    polar.events.ingest(
        events=[event("child", name="child", parent_id=first.id), event("child2", name="child", parent_id="f1")]
    )
    assert polar.events.list(parent_id=first.id).pagination.total_count == 2
    nobody = "746f6c6c-6761-4000-8000-0000000fffff"
    refused(lambda: polar.events.ingest(events=[event("child3", name="child", parent_id=nobody)]), "value_error")
    refused(lambda: polar.events.ingest(events=[event("child4", name="child", parent_id="child4")]), "value_error")


def check_versions_and_keys(running):
    for client in (Polar_2026_04, Polar, Polar_2027_01):
        assert client(KEY, base_url=f"{running.url}/polar").events.ingest(events=[event("e1")]).duplicates == 1
    assert outcome(lambda: Polar("nobody", base_url=f"{running.url}/polar").events.list())["status"] == 401
    reader = Polar(READER_KEY, base_url=f"{running.url}/polar")
    assert reader.events.list().items
    assert outcome(lambda: reader.events.ingest(events=[event("k")]))["status"] == 403
    headers = {"Authorization": f"Bearer {KEY}"}
    with httpx.Client(base_url=f"{running.url}/polar", headers=headers, timeout=PATIENCE) as http:
        assert http.get("/v1/events/", headers={"Polar-Version": "2020-01"}).status_code == 501
        moved = http.get("/v1/events", params={"limit": 1, "metadata[k]": "a b"})
        assert moved.status_code == 307 and moved.text == ""
        followed = http.get("/v1/events", params={"limit": 1}, follow_redirects=True)
        assert len(followed.json()["items"]) == 1
        assert http.get("/api/v1/events/").status_code == 200
        assert http.post("/v1/events/ingest", content=iter([b"{}"])).status_code == 411
        large = http.post("/v1/events/ingest", content=b" " * 10_485_761)
        assert large.status_code == 413 and large.json()["error"] == "RequestBodyTooLarge"


def check_delivered(running):
    """What came in by Polar's API is at Polar as it was sent."""

    def sent():
        return {entry["external_id"]: entry for entry in running.received("polar")}

    running.wait_for("Polar's events", lambda: {"e1", "e2", "e3", "e4", "f1", "child", "child2"} <= set(sent()))
    events = sent()
    # Polar knows a parent by the id that it was sent with, not by the one that the gateway shows.
    assert events["child"]["parent_id"] == "f1"
    assert events["e1"]["name"] == "api_request" and events["e1"]["external_customer_id"] == "usr_1"
    assert events["e1"]["metadata"] == {"n": 1, "x": 1.5, "t": True, "s": "eu"}
    assert events["f1"]["metadata"]["_cost"] == {"amount": 1.5, "currency": "usd"}
    assert events["child2"]["parent_id"] == "f1"
    own = [entry for entry in events.values() if entry.get("customer_id")]
    assert [entry["customer_id"] for entry in own] == [CUSTOMER] and "external_customer_id" not in own[0]


def check_prefixed_parents():
    """With an id_prefix, parents are named by it too, so that Polar finds them: its reads show the children."""

    def prefixed(routes):
        for route in routes["routes"]:
            for to in route["to"]:
                if to["provider"] == "polar-sandbox":
                    to["id_prefix"] = "eu-"

    with gateway(prefixed) as running:
        polar = Polar(KEY, base_url=f"{running.url}/polar")
        polar.events.ingest(events=[event("p", name="parent")])
        shown = polar.events.list(name="parent").items[0]
        polar.events.ingest(
            events=[event("a", name="child", parent_id="p"), event("b", name="child", parent_id=shown.id)]
        )
        there = Polar(POLAR_TOKEN, base_url=f"{running.sandbox}/polar")
        running.wait_for("both children at Polar", lambda: there.events.list(name="child").pagination.total_count == 2)
        sent = {entry["external_id"]: entry.get("parent_id") for entry in running.received("polar")}
        assert sent == {"eu-p": None, "eu-a": "eu-p", "eu-b": "eu-p"}, sent


def check_token():
    """A token that does not go with organization_id parks the provider, with the reason, and loses no event."""

    def misconfigured(routes):
        for route in routes["routes"]:
            for to in route["to"]:
                if to["provider"] == "polar-sandbox":
                    to["organization_id"] = CUSTOMER

    with gateway(misconfigured) as running:
        Polar(KEY, base_url=f"{running.url}/polar").events.ingest(events=[event("t1"), event("t2")])

        def at_polar(id):
            deliveries = running.get(f"/v1/events/{id}")["deliveries"]
            return next(delivery for delivery in deliveries if delivery["provider"] == "polar-sandbox")

        def told():
            error = at_polar("t1").get("error") or {}
            return "remove organization_id from the destination" in error.get("message", "")

        running.wait_for("the reason", told)
        assert {at_polar(id)["status"] for id in ("t1", "t2")} <= {"pending", "retrying"}


with gateway() as running:
    ours = Polar(KEY, base_url=f"{running.url}/polar")
    # The simulator that the calls are compared with must not have seen what the gateway delivers.
    with gateway() as other:
        count = check_same_answers(ours, Polar(POLAR_TOKEN, base_url=f"{other.sandbox}/polar"))
    check_bad_input(ours)
    check_reads(ours)
    check_versions_and_keys(running)
    check_delivered(running)
check_prefixed_parents()
check_token()

print(f"Polar's SDK: {count} calls answered as by Polar, and delivered")
