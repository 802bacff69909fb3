"""Polar's Python SDK of the 0.x line, unchanged, against the gateway: customers and subscriptions pass through it. It needs an
environment of its own.

Each call is made at the gateway and at the simulator itself. Exits with 1 at the first difference.
"""

from polar_sdk import Polar
from polar_sdk.models import HTTPValidationError, ResourceNotFound, SDKError

from running_gateway import KEY, gateway

POLAR_TOKEN = "polar_oat_sandbox_0123456789abcdef"
NOBODY = "7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11"
OWN = {"id", "created_at", "modified_at", "meter_id"}


def passing(routes):
    routes["clients"][0]["pass"] = {"polar-sandbox": ["/v1/customers*", "/v1/subscriptions*"]}
    routes["clients"][0]["scopes"] += ["vendor:read", "vendor:write"]


def plain(value):
    if hasattr(value, "model_dump"):
        value = value.model_dump(mode="json")
    if isinstance(value, dict):
        return {name: plain(field) for name, field in value.items() if name not in OWN}
    return [plain(element) for element in value] if isinstance(value, list) else value


def outcome(call):
    try:
        return plain(call())
    except HTTPValidationError as error:
        return {"raised": "HTTPValidationError", "faults": [(d.type, tuple(map(str, d.loc))) for d in error.data.detail]}
    except ResourceNotFound as error:
        return {"raised": "ResourceNotFound", "detail": error.data.detail}
    except SDKError as error:
        return {"raised": "SDKError", "status": error.status_code}


CALLS = {
    "create a customer": lambda polar: polar.customers.create(
        request={"email": "ada@example.com", "external_id": "c1", "name": "Ada", "metadata": {"tier": "gold"}}
    ),
    "create it again": lambda polar: polar.customers.create(request={"email": "ada@example.com"}),
    "find": lambda polar: polar.customers.get_external(external_id="c1"),
    "find nobody": lambda polar: polar.customers.get_external(external_id="nobody"),
    "find nobody by id": lambda polar: polar.customers.get(id=NOBODY),
    "list": lambda polar: polar.customers.list(limit=1).result,
    "subscriptions": lambda polar: polar.subscriptions.list(external_customer_id="c1").result,
    "find no subscription": lambda polar: polar.subscriptions.get(id=NOBODY),
    "state": lambda polar: polar.customers.get_state_external(external_id="c1"),
    "state of nobody": lambda polar: polar.customers.get_state_external(external_id="nobody"),
    "delete": lambda polar: polar.customers.delete_external(external_id="c1"),
}


with gateway(passing) as running, gateway() as other:
    ours = Polar(access_token=KEY, server_url=f"{running.url}/polar")
    theirs = Polar(access_token=POLAR_TOKEN, server_url=f"{other.sandbox}/polar")
    for name, call in CALLS.items():
        here, there = outcome(lambda: call(ours)), outcome(lambda: call(theirs))
        assert here == there, f"{name}:\n  gateway:   {here}\n  simulator: {there}"

print(f"Polar's SDK of the 0.x line: {len(CALLS)} calls beside the events answered as by Polar")
