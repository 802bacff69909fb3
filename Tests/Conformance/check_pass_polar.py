"""Polar's newest Python SDK, unchanged, against the gateway: customers, subscriptions and usage pass through it, beside events.

Each call is made at the gateway and at the simulator itself. Exits with 1 at the first difference.
"""

import dataclasses

from polar import PolarClientError
from polar.v2026_04 import Polar as Polar_2026_04
from polar.v2026_10 import Polar
from polar.v2026_10.errors import HTTPValidationError, ResourceNotFound

from running_gateway import KEY, READER_KEY, gateway

POLAR_TOKEN = "polar_oat_sandbox_0123456789abcdef"
NOBODY = "7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11"
# These differ from one server, or one moment, to the next.
OWN = {"id", "created_at", "modified_at", "meter_id"}


def passing(routes):
    for client in routes["clients"]:
        client["pass"] = {"polar-sandbox": ["/v1/customers*", "/v1/subscriptions*"]}
    routes["clients"][0]["scopes"] += ["vendor:read", "vendor:write"]
    routes["clients"][1]["scopes"] += ["vendor:read"]


def plain(value):
    if dataclasses.is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value) if f.name not in OWN}
    if isinstance(value, (list, tuple)):
        return [plain(element) for element in value]
    return value


def outcome(call):
    try:
        return plain(call())
    except HTTPValidationError as error:
        faults = [(detail.type, tuple(map(str, detail.loc)), detail.msg) for detail in error.error.detail]
        return {"raised": "HTTPValidationError", "faults": faults}
    except ResourceNotFound as error:
        return {"raised": "ResourceNotFound", "error": plain(error.error)}
    except PolarClientError as error:
        return {"raised": "PolarClientError", "status": error.status_code}


CALLS = {
    "create a customer": lambda polar: polar.customers.create(
        email="ada@example.com", external_id="c 1-ä", name="Ada", metadata={"tier": "gold", "seats": 3}
    ),
    "create another": lambda polar: polar.customers.create(email="bob@example.com", external_id="c2"),
    "create it again": lambda polar: polar.customers.create(email="BOB@example.com"),
    "a known external id": lambda polar: polar.customers.create(email="eve@example.com", external_id="c2"),
    "no address": lambda polar: polar.customers.create(name="Nobody"),
    "a bad address": lambda polar: polar.customers.create(email="nobody"),
    "find": lambda polar: polar.customers.get_external("c2"),
    "find with unusual letters": lambda polar: polar.customers.get_external("c 1-ä"),
    "find nobody": lambda polar: polar.customers.get_external("nobody"),
    "find by id": lambda polar: polar.customers.get(polar.customers.get_external("c2").id),
    "find nobody by id": lambda polar: polar.customers.get(NOBODY),
    "find by no id": lambda polar: polar.customers.get("none"),
    "list": lambda polar: polar.customers.list(page=1, limit=1),
    "list by address": lambda polar: polar.customers.list(email="ada@example.com"),
    "an event beside them": lambda polar: polar.events.ingest(
        events=[{"name": "api_request", "external_customer_id": "c2", "external_id": "e1"}]
    ),
    "subscriptions": lambda polar: polar.subscriptions.list(external_customer_id="c2"),
    "subscribe": lambda polar: polar.subscriptions.create(product_id=NOBODY, external_customer_id="c2"),
    "subscribe to nothing": lambda polar: polar.subscriptions.create(external_customer_id="c2"),
    "find no subscription": lambda polar: polar.subscriptions.get(NOBODY),
    "state of nobody": lambda polar: polar.customers.get_state_external("nobody"),
    "delete": lambda polar: polar.customers.delete_external("c2"),
    "delete nobody": lambda polar: polar.customers.delete_external("c2"),
}


def check_usage(running, ours, theirs):
    """Events go through the journal, and their usage comes back from the vendor."""
    made = ours.customers.create(email="u@example.com", external_id="u1")
    ours.events.ingest(
        events=[{"name": "tokens", "external_customer_id": "u1", "external_id": f"u{number}"} for number in range(3)]
    )

    def units():
        return [meter.consumed_units for meter in ours.customers.get_state_external("u1").active_meters]

    running.wait_for("the usage", lambda: units() == [3.0])
    # The vendor's ids are the same on both ways.
    assert theirs.customers.get_external("u1").id == made.id == ours.customers.get(made.id).id
    older = Polar_2026_04(KEY, base_url=f"{running.url}/polar")
    assert older.customers.get_external("u1").id == made.id


def check_rights(running):
    reader = Polar(READER_KEY, base_url=f"{running.url}/polar")
    assert reader.customers.get_external("u1").external_id == "u1"
    refused = outcome(lambda: reader.customers.create(email="r@example.com"))
    assert refused == {"raised": "PolarClientError", "status": 403}, refused
    beside = outcome(lambda: Polar(KEY, base_url=f"{running.url}/polar").products.list())
    assert beside == {"raised": "PolarClientError", "status": 403}, beside


with gateway(passing) as running, gateway() as other:
    ours = Polar(KEY, base_url=f"{running.url}/polar")
    theirs = Polar(POLAR_TOKEN, base_url=f"{other.sandbox}/polar")
    for name, call in CALLS.items():
        here, there = outcome(lambda: call(ours)), outcome(lambda: call(theirs))
        assert here == there, f"{name}:\n  gateway:   {here}\n  simulator: {there}"
    check_usage(running, ours, Polar(POLAR_TOKEN, base_url=f"{running.sandbox}/polar"))
    check_rights(running)

print(f"Polar's SDK: {len(CALLS)} calls beside the events answered as by Polar, and usage of what was delivered")
