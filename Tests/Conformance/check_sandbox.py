"""The vendors' own SDKs against the simulators: what they accept, the simulators must answer as the vendors do.

Exits with 1 at the first difference.
"""

import datetime

from flexprice import Flexprice
from lago_python_client.client import Client as Lago
from lago_python_client.exceptions import LagoApiError
from lago_python_client.models import BatchEvent, Event
from polar.v2026_10 import Polar

from running_gateway import gateway


def lago_event(transaction_id, **fields):
    return Event(transaction_id=transaction_id, external_subscription_id="sub_1", code="api_request", **fields)


def check_lago(url):
    client = Lago(api_key="5a4db0c5-0000-4000-8000-5a4db0c50000", api_url=f"{url}/lago/")
    created = client.events.create(lago_event("t1", timestamp=1650893379, properties={"n": 1}))
    assert created.transaction_id == "t1" and created.timestamp == "2022-04-25T13:29:39.000Z"
    assert client.events.batch_create(BatchEvent(events=[lago_event("t2"), lago_event("t3")])) is None
    assert client.events.find("t1").code == "api_request"
    assert client.events.estimate_fees(lago_event("any"))["fees"][0].amount_cents == 2
    for call, details in [
        (lambda: client.events.create(lago_event("t1")), {"transaction_id": ["value_already_exist"]}),
        (
            lambda: client.events.batch_create(BatchEvent(events=[lago_event("t4"), lago_event("t2")])),
            {"1": {"transaction_id": ["value_already_exist"]}},
        ),
        (lambda: client.events.create(lago_event("t5", timestamp="2024-03-20")), {"timestamp": ["invalid_format"]}),
    ]:
        try:
            call()
        except LagoApiError as error:
            assert error.status_code == 422 and error.response["error_details"] == details, error.response
        else:
            raise AssertionError(f"nothing was refused where {details} was expected")


def check_flexprice(url):
    client = Flexprice(server_url=f"{url}/flexprice/v1", api_key_auth="sk_sandbox_0123456789abcdef")
    event = {"event_name": "a", "external_customer_id": "c", "properties": {"n": "1"}}
    answer = client.events.ingest_event(event_id="e1", timestamp="2024-03-20T15:04:05Z", **event)
    assert answer == {"event_id": "e1", "message": "Event accepted for processing"}
    # The second that has just begun is in no query without an end: Flexprice cuts times to whole seconds.
    recent = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=1)
    assert client.events.ingest_events_bulk(events=[{"event_id": "e2", "timestamp": recent.isoformat(), **event}])
    assert client.events.list_raw_events().total_count == 1, "without a start, the last week"
    start = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
    assert client.events.list_raw_events(start_time=start).total_count == 2


def check_polar(url):
    client = Polar("polar_oat_sandbox_0123456789abcdef", base_url=f"{url}/polar")
    event = {"name": "a", "external_id": "x1", "external_customer_id": "c", "metadata": {"n": 1}}
    assert client.events.ingest(events=[event]).inserted == 1
    assert client.events.ingest(events=[event]).duplicates == 1
    page = client.events.list()
    assert page.pagination.total_count == 1
    assert client.events.get(page.items[0].id).name == "a"
    assert client.events.list_names().items[0].occurrences == 1
    try:
        client.events.ingest(events=[{**event, "metadata": {"n": None}}])
    except Exception as error:
        assert type(error).__name__ == "HTTPValidationError", error
    else:
        raise AssertionError("metadata with null was not refused")


with gateway() as running:
    for check in (check_lago, check_flexprice, check_polar):
        check(running.sandbox)
print("the SDKs at the simulators: as at the vendors")
