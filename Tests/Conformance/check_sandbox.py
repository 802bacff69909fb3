"""The vendors' own SDKs against the simulators: what they accept, the simulators must answer as the vendors do.

Exits with 1 at the first difference.
"""

import datetime

from flexprice import Flexprice
from lago_python_client.client import Client as Lago
from lago_python_client.events.clients import EventClient
from lago_python_client.exceptions import LagoApiError
from lago_python_client.mixins import FindAllCommandMixin
from lago_python_client.models import BatchEvent, BillableMetric, Customer, Event, Subscription
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


class EventLists(FindAllCommandMixin, EventClient):
    """The SDK lists everything but events, with the same code."""


def check_lago_lists(url):
    client = Lago(api_key="5a4db0c5-0000-4000-8000-5a4db0c50000", api_url=f"{url}/lago/")
    lists = EventLists(base_url=client.base_api_url, api_key=client.api_key)
    start = 1793491200
    events = [
        Event(transaction_id=f"l{n}", external_subscription_id=f"sub_{n % 2}", code="listed", timestamp=start + n)
        for n in range(5)
    ]
    client.events.batch_create(BatchEvent(events=events))
    page = lists.find_all({"code": "listed", "per_page": 2, "page": 2})
    assert [event.transaction_id for event in page["events"]] == ["l2", "l1"], page
    meta = page["meta"]
    assert (meta["total_count"], meta["total_pages"], meta["next_page"], meta["prev_page"]) == (5, 3, 3, 1), meta
    window = {"timestamp_from": "2026-11-01T00:00:01Z", "timestamp_to": "2026-11-01T00:00:03Z"}
    page = lists.find_all({"code": "listed", "external_subscription_id": "sub_1", **window})
    assert [event.transaction_id for event in page["events"]] == ["l3", "l1"], "both ends belong to the window"


def check_flexprice_pages(url):
    client = Flexprice(server_url=f"{url}/flexprice/v1", api_key_auth="sk_sandbox_0123456789abcdef")
    events = [
        {
            "event_id": f"p{n}",
            "event_name": "paged",
            "external_customer_id": "c",
            "timestamp": f"2026-11-01T00:00:0{n}.5Z",
            "properties": {"n": str(n)},
        }
        for n in range(5)
    ]
    client.events.ingest_events_bulk(events=events)
    start, end = (datetime.datetime(2026, 11, 1, 0, 0, second, tzinfo=datetime.timezone.utc) for second in (0, 5))
    asked = {"event_name": "paged", "start_time": start, "end_time": end, "page_size": 2}
    first = client.events.list_raw_events(**asked)
    assert [event.id for event in first.events] == ["p4", "p3"] and first.has_more and first.total_count == 5
    # The key is that of p3 at .500, and is cut to the whole second: nothing else of that second follows.
    second = client.events.list_raw_events(**asked, iter_last_key=first.iter_last_key)
    assert [event.id for event in second.events] == ["p2", "p1"] and second.total_count == 3, second
    usage = client.events.get_usage_statistics(
        event_name="paged", aggregation_type="SUM", property_name="n", start_time=start, end_time=end
    )
    assert usage.value == 10, usage


def check_polar_lists(url):
    client = Polar("polar_oat_sandbox_0123456789abcdef", base_url=f"{url}/polar")
    moment = datetime.datetime(2024, 3, 20, 15, 4, 5, tzinfo=datetime.timezone.utc)
    events = [
        {
            "name": "listed",
            "external_id": f"l{n}",
            "external_customer_id": f"c{n % 2}",
            "timestamp": (moment + datetime.timedelta(seconds=n)).isoformat(),
            "metadata": {"tollgate_id": f"l{n}", "n": n},
        }
        for n in range(5)
    ]
    assert client.events.ingest(events=events).inserted == 5

    def ids(**asked):
        page = client.events.list(name=["listed"], **asked)
        return [event.metadata["tollgate_id"] for event in page.items], page.pagination.total_count

    assert ids(limit=2, page=2) == (["l2", "l1"], 5)
    assert ids(limit=2, page=9) == ([], 0), "behind the end nothing is counted"
    assert ids(metadata={"tollgate_id": ["l0", "l3", "other"]}) == (["l3", "l0"], 2), "values are alternatives"
    assert ids(external_customer_id=["c1"]) == (["l3", "l1"], 2)
    window = {"start_timestamp": moment, "end_timestamp": moment + datetime.timedelta(seconds=3)}
    assert ids(**window) == (["l2", "l1"], 2), "neither end belongs to the window"


def check_lago_usage(url):
    client = Lago(api_key="5a4db0c5-0000-4000-8000-5a4db0c50000", api_url=f"{url}/lago/")
    metric = client.billable_metrics.create(
        BillableMetric(name="Units", code="used", aggregation_type="sum_agg", field_name="units")
    )
    assert client.billable_metrics.find("used").lago_id == metric.lago_id
    assert client.billable_metrics.find_all()["meta"]["total_count"] == 1
    client.customers.create(Customer(external_id="usage"))
    client.subscriptions.create(
        Subscription(external_customer_id="usage", plan_code="pro", external_id="sub_usage")
    )
    for number, units in enumerate(["0.1", 0.2, "none"]):
        client.events.create(
            Event(transaction_id=f"u{number}", external_subscription_id="sub_usage", code="used",
                  properties={"units": units})
        )
    usage = client.customers.current_usage("usage", "sub_usage")
    charge = next(charge for charge in usage.charges_usage if charge.billable_metric.code == "used")
    assert (charge.units, charge.events_count) == ("0.3", 2), charge
    assert client.customers.past_usage("usage", "sub_usage")["usage_periods"] == []


def check_polar_usage(url):
    client = Polar("polar_oat_sandbox_0123456789abcdef", base_url=f"{url}/polar")
    client.customers.create(email="usage@example.com", external_id="usage")
    name = {"property": "name", "operator": "eq", "value": "used"}
    meter = client.meters.create(
        name="Units",
        filter={"conjunction": "and", "clauses": [name]},
        aggregation={"func": "sum", "property": "units"},
    )
    assert [found.id for found in client.meters.list(limit=100).items] == [meter.id]
    client.events.ingest(
        events=[
            {"name": "used", "external_customer_id": customer, "metadata": {"units": units}}
            for customer, units in [("usage", 0.1), ("usage", 0.2), ("usage", "5"), ("nobody", 7)]
        ]
    )
    items = client.customer_meters.list(meter_id=meter.id, limit=100, sorting=["created_at"]).items
    assert [(item.customer.external_id, item.consumed_units) for item in items] == [("usage", 0.1 + 0.2)], items


def check_flexprice_usage(url):
    client = Flexprice(server_url=f"{url}/flexprice/v1", api_key_auth="sk_sandbox_0123456789abcdef")
    meter = {
        "name": "Units",
        "event_name": "used",
        "aggregation": {"type": "SUM", "field": "units"},
        "reset_usage": "BILLING_PERIOD",
    }
    feature = client.features.create_feature(name="Units", type_="metered", meter=meter)
    found = client.features.query_feature(expand="meters").items
    assert [(item.id, item.meter.event_name) for item in found] == [(feature.id, "used")], found
    client.customers.create_customer(external_id="usage", name="Usage")
    start = datetime.datetime(2026, 11, 1, tzinfo=datetime.timezone.utc)
    client.subscriptions.create_subscription(
        external_customer_id="usage", plan_id="plan_pro", currency="usd", billing_period="MONTHLY", start_date=start
    )
    events = [
        {"event_id": f"u{n}", "event_name": "used", "external_customer_id": "usage",
         "timestamp": "2026-11-01T00:00:05Z", "properties": {"units": units}}
        for n, units in enumerate(["0.1", "0.2", "-5"])
    ]
    client.events.ingest_events_bulk(events=events)
    usage = client.events.get_usage_analytics(
        external_customer_id="usage", feature_ids=[feature.id], start_time=start,
        end_time=start + datetime.timedelta(days=30),
    )
    assert [(item.total_usage, item.event_count) for item in usage.items] == [("0.3", 3)], usage


with gateway() as running:
    checks = (check_lago, check_flexprice, check_polar, check_lago_lists, check_flexprice_pages, check_polar_lists)
    checks += (check_lago_usage, check_polar_usage, check_flexprice_usage)
    for check in checks:
        check(running.sandbox)
print("the SDKs at the simulators: as at the vendors")
