"""Polar's Python SDK of the 0.x line (0.32.0), unchanged, against the gateway. It needs an environment of its own.

Exits with 1 at the first difference.
"""

from datetime import UTC, datetime, timedelta

from polar_sdk import Polar
from polar_sdk.models import HTTPValidationError, ResourceNotFound, SDKError

from running_gateway import KEY, gateway

NOW = datetime.now(UTC)


def event(external_id, **fields):
    return {"name": "api_request", "external_customer_id": "usr_1", "external_id": external_id, **fields}


def refused(call, *types):
    try:
        call()
    except HTTPValidationError as error:
        assert set(types) <= {detail.type for detail in error.data.detail}, error.data.detail
    else:
        raise AssertionError(f"nothing was refused where {types} was expected")


def failed(call, status):
    try:
        call()
    except SDKError as error:
        assert error.status_code == status, error
    else:
        raise AssertionError(f"nothing failed where {status} was expected")


def check_ingest(polar):
    moment = NOW - timedelta(minutes=1)
    first = event("o1", timestamp=moment, metadata={"n": 1, "s": "eu", "_cost": {"amount": 1.5, "currency": "usd"}})
    answer = polar.events.ingest(request={"events": [first, event("o2")]})
    assert (answer.inserted, answer.duplicates) == (2, 0)
    answer = polar.events.ingest(request={"events": [first]})
    assert (answer.inserted, answer.duplicates) == (0, 1)
    refused(
        lambda: polar.events.ingest(request={"events": [event("o3", timestamp=NOW + timedelta(days=1))]}), "value_error"
    )
    refused(
        lambda: polar.events.ingest(request={"events": [event("o3", timestamp=datetime(2026, 1, 1))]}), "timezone_aware"
    )
    refused(lambda: polar.events.ingest(request={"events": [event("o3", metadata={"a": ""})]}), "string_too_short")


def check_reads(polar):
    page = polar.events.list()
    assert page.pagination.total_count == 2 and {item.name for item in page.items} == {"api_request"}
    first, second = (polar.events.list(limit=1, page=number).items[0].id for number in (1, 2))
    assert {first, second} == {item.id for item in page.items}
    found = polar.events.list(metadata={"s": "eu"}).items[0]
    assert found.SOURCE == "user" and found.external_customer_id == "usr_1"
    assert polar.events.get(id=found.id).id == found.id
    names = polar.events.list_names()
    assert [(item.name, item.occurrences) for item in names.result.items] == [
        ("api_request", 2)
    ] and names.next() is None
    refused(lambda: polar.events.get(id="x"), "uuid_parsing")
    refused(lambda: polar.events.list(page=0), "greater_than")
    try:
        polar.events.get(id="7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11")
    except ResourceNotFound as error:
        assert error.data.detail == "Not found"
    else:
        raise AssertionError("an event that is not there was found")


with gateway() as running:
    for base in (f"{running.url}/polar", f"{running.url}/polar/"):
        with Polar(access_token=KEY, server_url=base) as polar:
            if not base.endswith("/"):
                check_ingest(polar)
            check_reads(polar)
    with Polar(access_token="nobody", server_url=f"{running.url}/polar") as polar:
        failed(lambda: polar.events.list(), 401)
        failed(lambda: polar.events.ingest(request={"events": [event("o1")]}), 401)

print("Polar's SDK 0.32: every call answered as by Polar")
