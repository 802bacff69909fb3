"""Flexprice's Python SDK, unchanged, against the gateway: customers, subscriptions and usage pass through it, beside events.

Each call is made at the gateway and at the simulator itself. Exits with 1 at the first difference.
"""

from flexprice import Flexprice
from flexprice.models import errors

from running_gateway import KEY, READER_KEY, gateway

FLEXPRICE_KEY = "sk_sandbox_0123456789abcdef"
# These differ from one server, or one moment, to the next.
OWN = {"id", "customer_id", "created_at", "updated_at", "start_date", "event_id"}


def passing(routes):
    for client in routes["clients"]:
        client["pass"] = {
            "flexprice-sandbox": ["/v1/customers*", "/v1/subscriptions*", "/v1/events/usage", "/v1/events/usage/meter"]
        }
    routes["clients"][0]["scopes"] += ["vendor:read", "vendor:write"]
    routes["clients"][1]["scopes"] += ["vendor:read"]


def plain(value):
    if hasattr(value, "model_dump"):
        value = value.model_dump(mode="json", exclude_unset=True)
    if isinstance(value, dict):
        return {name: plain(field) for name, field in value.items() if name not in OWN}
    return [plain(element) for element in value] if isinstance(value, list) else value


def outcome(call):
    try:
        return plain(call())
    except errors.ErrorResponse as error:
        return {"raised": "ErrorResponse", "status": error.status_code, "error": plain(error.data)}
    except errors.FlexpriceDefaultError as error:
        return {"raised": "FlexpriceDefaultError", "status": error.status_code, "body": error.body}


def subscribe(flexprice, customer, plan):
    return flexprice.subscriptions.create_subscription(
        billing_period="MONTHLY", currency="usd", plan_id=plan, external_customer_id=customer
    )


CALLS = {
    "create a customer": lambda f: f.customers.create_customer(
        external_id="c 1/ä", name="Ada", email="ada@example.com", metadata={"tier": "gold"}
    ),
    "create another": lambda f: f.customers.create_customer(external_id="c2", name="Bob"),
    "create it again": lambda f: f.customers.create_customer(external_id="c2", name="Bob"),
    "no name": lambda f: f.customers.create_customer(external_id="c3", name=""),
    "find": lambda f: f.customers.get_customer_by_external_id(external_id="c2"),
    "find with unusual letters": lambda f: f.customers.get_customer_by_external_id(external_id="c 1/ä"),
    "find nobody": lambda f: f.customers.get_customer_by_external_id(external_id="nobody"),
    "find by id": lambda f: f.customers.get_customer(
        id=f.customers.get_customer_by_external_id(external_id="c2").id
    ),
    "search": lambda f: f.customers.query_customer(limit=1),
    "subscribe": lambda f: subscribe(f, "c2", "plan_starter"),
    "subscribe nobody": lambda f: subscribe(f, "nobody", "plan_starter"),
    "subscribe to no plan": lambda f: subscribe(f, "c2", "none"),
    "find a subscription": lambda f: f.subscriptions.get_subscription(id=subscribe(f, "c2", "plan_pro").id),
    "find no subscription": lambda f: f.subscriptions.get_subscription(id="none"),
    "an event beside them": lambda f: f.events.ingest_event(event_name="api_request", external_customer_id="c2"),
    "usage of nothing": lambda f: f.events.get_usage_statistics(event_name="nothing", aggregation_type="COUNT"),
    "usage of no name": lambda f: f.events.get_usage_statistics(event_name="", aggregation_type="COUNT"),
}


def check_usage(running, ours, theirs):
    """Events go through the journal, and their usage comes back from the vendor."""
    ours.customers.create_customer(external_id="u1", name="Uma")
    for number in range(3):
        ours.events.ingest_event(
            event_name="tokens", external_customer_id="u1", event_id=f"u{number}", properties={"count": "5"}
        )

    def usage():
        return ours.events.get_usage_statistics(
            event_name="tokens", aggregation_type="SUM", property_name="count", external_customer_id="u1"
        ).value

    running.wait_for("the usage", lambda: usage() == 15.0)
    # The vendor's ids are the same on both ways.
    found = [f.customers.get_customer_by_external_id(external_id="u1").id for f in (ours, theirs)]
    assert found[0] == found[1], found


def check_rights(running):
    reader = Flexprice(api_key_auth=READER_KEY, server_url=f"{running.url}/flexprice/v1")
    assert reader.customers.get_customer_by_external_id(external_id="u1").external_id == "u1"
    refused = outcome(lambda: reader.customers.create_customer(external_id="r1", name="Rex"))
    assert refused["status"] == 403, refused


with gateway(passing) as running, gateway() as other:
    ours = Flexprice(api_key_auth=KEY, server_url=f"{running.url}/flexprice/v1")
    theirs = Flexprice(api_key_auth=FLEXPRICE_KEY, server_url=f"{other.sandbox}/flexprice/v1")
    for name, call in CALLS.items():
        here, there = outcome(lambda: call(ours)), outcome(lambda: call(theirs))
        assert here == there, f"{name}:\n  gateway:   {here}\n  simulator: {there}"
    check_usage(running, ours, Flexprice(api_key_auth=FLEXPRICE_KEY, server_url=f"{running.sandbox}/flexprice/v1"))
    check_rights(running)

print(f"Flexprice's SDK: {len(CALLS)} calls beside the events answered as by Flexprice, and usage of what was delivered")
