"""Four dialects in, four vendors out: one event by each vendor's own SDK, and what arrived of it at each vendor.

Prints the matrix; exits with 1 if a cell is wrong.
"""

import json
import urllib.request

from flexprice import Flexprice
from lago_python_client.client import Client as Lago
from lago_python_client.models import Event
from polar.v2026_10 import Polar

from running_gateway import KEY, PATIENCE, gateway

TIME = "2026-03-01T12:00:00.125Z"
SECONDS = "1772366400.125"
MILLISECONDS = 1772366400125


def by_lago(url):
    event = Event(
        transaction_id="by-lago",
        external_subscription_id="sub_acme",
        code="api_call",
        timestamp=SECONDS,
        properties={"size": "100", "region": "eu"},
    )
    Lago(api_key=KEY, api_url=f"{url}/lago/").events.create(event)


def by_polar(url):
    event = {"name": "api_call", "external_customer_id": "acme", "external_id": "by-polar", "timestamp": TIME}
    event["metadata"] = {"size": "100", "region": "eu"}
    assert Polar(KEY, base_url=f"{url}/polar").events.ingest(events=[event]).inserted == 1


def by_flexprice(url):
    Flexprice(server_url=f"{url}/flexprice/v1", api_key_auth=KEY).events.ingest_event(
        event_id="by-flexprice",
        event_name="api_call",
        external_customer_id="acme",
        timestamp=TIME,
        properties={"size": "100", "region": "eu"},
    )


def by_knetik(url):
    event = {"event_timestamp": MILLISECONDS, "request_type": "newEvent", "send_timestamp": MILLISECONDS + 753}
    event |= {"result": "success", "category": "api_call", "transaction_id": "by-knetik", "user_id": "acme"}
    event["event_properties"] = {"size": "100", "region": "eu"}
    body = json.dumps(event).encode()
    request = urllib.request.Request(
        f"{url}/knetik/v2/events?customerId={KEY}", body, {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        assert answer.status == 202


DIALECTS = {"lago": by_lago, "polar": by_polar, "flexprice": by_flexprice, "knetik": by_knetik}
PROPERTIES = {"size": "100", "region": "eu"}


def customer(dialect):
    """Lago's API names a subscription and no customer; the routes make the one of the other."""
    return "sub_acme" if dialect == "lago" else "acme"


def at_lago(event, dialect):
    subscription = "sub_acme" if dialect == "lago" else "sub_of_acme"
    return (
        event["external_subscription_id"] == subscription
        and event["code"] == "api_call"
        and str(event["timestamp"]) == SECONDS
        and event["properties"] == PROPERTIES
    )


def at_polar(event, dialect):
    return (
        event["external_customer_id"] == customer(dialect)
        and event["name"] == "api_call"
        and event["timestamp"] == TIME
        and event["metadata"] == PROPERTIES
    )


def at_flexprice(event, dialect):
    return (
        event["external_customer_id"] == customer(dialect)
        and event["event_name"] == "api_call"
        and event["timestamp"] == TIME
        and event["properties"] == PROPERTIES
    )


def at_knetik(event, dialect):
    return (
        event["user_id"] == customer(dialect)
        and event["category"] == "api_call"
        and event["event_timestamp"] == MILLISECONDS
        and event["event_properties"] == PROPERTIES
        and event["result"] == "success"
    )


VENDORS = {
    "lago": (at_lago, "transaction_id"),
    "polar": (at_polar, "external_id"),
    "flexprice": (at_flexprice, "event_id"),
    "knetik": (at_knetik, "transaction_id"),
}


def routes(routes):
    for to in routes["routes"][0]["to"]:
        to.pop("subscription_id", None)
        if to["provider"] == "lago-sandbox":
            to["subscription_id"] = "sub_of_{customer_id}"
        else:
            to["customer_id"] = "{subscription_id}"


def cell(running, dialect, vendor):
    """`as sent`, or what is wrong with what arrived."""
    check, id_field = VENDORS[vendor]
    # Ids of an API whose ids are unique within something are told apart by it.
    arrived = [event for event in running.received(vendor) if f"by-{dialect}" in event[id_field]]
    if len(arrived) != 1:
        return f"{len(arrived)} events"
    return "as sent" if check(arrived[0], dialect) else f"differs: {json.dumps(arrived[0])}"


with gateway(routes) as running:
    for send in DIALECTS.values():
        send(running.url)
    running.wait_for("all deliveries", lambda: all(len(running.received(vendor)) >= len(DIALECTS) for vendor in VENDORS))
    cells = {(dialect, vendor): cell(running, dialect, vendor) for dialect in DIALECTS for vendor in VENDORS}

print("in \\ out   " + "".join(f"{vendor:12}" for vendor in VENDORS))
for dialect in DIALECTS:
    print(f"{dialect:11}" + "".join(f"{cells[dialect, vendor]:12}" for vendor in VENDORS))
assert set(cells.values()) == {"as sent"}
