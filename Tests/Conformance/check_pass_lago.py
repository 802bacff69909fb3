"""Lago's Python SDK, unchanged, against the gateway: customers, subscriptions and usage pass through it, beside events.

Each call is made at the gateway and at the simulator itself. Exits with 1 at the first difference.
"""

import httpx
from lago_python_client.client import Client
from lago_python_client.exceptions import LagoApiError
from lago_python_client.models import Customer, Event, Subscription

from running_gateway import KEY, PATIENCE, READER_KEY, gateway

# These differ from one server, or one moment, to the next.
OWN = {"lago_id", "lago_customer_id", "created_at", "updated_at", "started_at", "subscription_at", "from_datetime",
       "to_datetime", "issuing_date", "charges_usage"}
LAGO_KEY = "5a4db0c5-0000-4000-8000-5a4db0c50000"


def passing(routes):
    for client in routes["clients"]:
        client["pass"] = {"lago": ["/api/v1/customers*", "/api/v1/subscriptions*"]}
    routes["clients"][0]["scopes"] += ["vendor:read", "vendor:write"]
    routes["clients"][1]["scopes"] += ["vendor:read"]


def plain(value):
    if hasattr(value, "dict"):
        value = value.dict()
    if isinstance(value, dict):
        return {name: plain(field) for name, field in value.items() if name not in OWN}
    if isinstance(value, list):
        return [plain(element) for element in value]
    return value


def outcome(call):
    try:
        return plain(call())
    except LagoApiError as error:
        return {"raised": "LagoApiError", "status": error.status_code, "body": error.response, "detail": error.detail}


CALLS = {
    "create a customer": lambda lago: lago.customers.create(
        Customer(external_id="c 1/ä", name="Ada", email="ada@example.com", currency="EUR", timezone="Europe/Paris")
    ),
    "change it": lambda lago: lago.customers.create(Customer(external_id="c 1/ä", name="Ada L.")),
    "create another": lambda lago: lago.customers.create(Customer(external_id="c2", name="Bob")),
    "find": lambda lago: lago.customers.find("c2"),
    "find nobody": lambda lago: lago.customers.find("nobody"),
    "list": lambda lago: lago.customers.find_all({"per_page": 1, "page": 2}),
    "no id": lambda lago: lago.customers.create(Customer(external_id="")),
    "bad email": lambda lago: lago.customers.create(Customer(external_id="c3", email="nobody")),
    "subscribe": lambda lago: lago.subscriptions.create(
        Subscription(external_customer_id="c2", plan_code="starter", external_id="s2")
    ),
    "subscribe to no plan": lambda lago: lago.subscriptions.create(
        Subscription(external_customer_id="c2", plan_code="none", external_id="s3")
    ),
    "find a subscription": lambda lago: lago.subscriptions.find("s2"),
    "find no subscription": lambda lago: lago.subscriptions.find("none"),
    "list subscriptions": lambda lago: lago.subscriptions.find_all({"external_customer_id": "c2"}),
    "an event beside them": lambda lago: lago.events.create(
        Event(transaction_id="t1", external_subscription_id="s2", code="api_request", timestamp=1650893379)
    ),
    "usage of nobody": lambda lago: lago.customers.current_usage("nobody", "s2"),
    "usage without subscription": lambda lago: lago.customers.current_usage("c2", "none"),
    "delete": lambda lago: lago.customers.destroy("c2"),
    "delete nobody": lambda lago: lago.customers.destroy("c2"),
}


def check_usage(running, ours, theirs):
    """Events go through the journal, and their usage comes back from the vendor."""
    lago = ours
    lago.customers.create(Customer(external_id="u1"))
    lago.subscriptions.create(Subscription(external_customer_id="u1", plan_code="pro", external_id="su"))
    for number in range(3):
        lago.events.create(Event(transaction_id=f"u{number}", external_subscription_id="su", code="tokens"))
    running.wait_for("the usage", lambda: lago.customers.current_usage("u1", "su").amount_cents == 6)
    usage = theirs.customers.current_usage("u1", "su")
    assert [charge.billable_metric.code for charge in usage.charges_usage] == ["tokens"], usage
    # The vendor's ids are the same on both ways.
    assert ours.customers.find("u1").lago_id == theirs.customers.find("u1").lago_id


def check_rights(running):
    reader = Client(api_key=READER_KEY, api_url=f"{running.url}/lago/")
    assert reader.customers.find("u1").external_id == "u1"
    refused = outcome(lambda: reader.customers.create(Customer(external_id="r1")))
    assert refused["status"] == 403 and "vendor:write" in refused["body"]["error"], refused
    with httpx.Client(base_url=f"{running.url}/lago/api/v1", headers={"Authorization": f"Bearer {KEY}"}, timeout=PATIENCE) as http:
        beside = http.get("/invoices")
        assert beside.status_code == 403 and "not among the paths" in beside.json()["error"], beside.text
        for path in ["/events.json", "/customers/../events", "/customers/%2e%2e/events", "//events"]:
            sent = httpx.Request("POST", f"{running.url}/lago/api/v1" + path, json={"event": {}}, headers=http.headers)
            assert http.send(sent).status_code in (400, 501), path
    figures = next(p for p in running.get("/v1/providers")["providers"] if p["name"] == "lago-sandbox")["passed"]
    assert figures["requests"] > 20 and figures["errors"] == 0 and figures["latency_ms_p99"] is not None, figures


with gateway(passing) as running, gateway() as other:
    ours = Client(api_key=KEY, api_url=f"{running.url}/lago/")
    theirs = Client(api_key=LAGO_KEY, api_url=f"{other.sandbox}/lago/")
    for name, call in CALLS.items():
        here, there = outcome(lambda: call(ours)), outcome(lambda: call(theirs))
        assert here == there, f"{name}:\n  gateway:   {here}\n  simulator: {there}"
    check_usage(running, ours, Client(api_key=LAGO_KEY, api_url=f"{running.sandbox}/lago/"))
    check_rights(running)

with gateway() as running:
    off = outcome(lambda: Client(api_key=KEY, api_url=f"{running.url}/lago/").customers.find("c1"))
    assert off["status"] == 501 and "vendor:read" in off["body"]["error"], off

print(f"Lago's SDK: {len(CALLS)} calls beside the events answered as by Lago, and usage of what was delivered")
