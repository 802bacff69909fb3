"""CloudEvents by their official Python SDK, in each mode, against the gateway."""

import datetime
import json
import urllib.error
import urllib.request

from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from running_gateway import KEY, PATIENCE, gateway

TIME = datetime.datetime(2026, 3, 1, 12, 0, 0, 125000, tzinfo=datetime.timezone.utc)


def event(number, data=None, **attributes):
    return CloudEvent(
        attributes={
            "specversion": "1.0",
            "id": f"ce-{number}",
            "source": "https://shop.example/api",
            "type": "api_request",
            "subject": "cust ä",
            "time": TIME,
            "datacontenttype": "application/json",
        }
        | attributes,
        data={"units": number} if data is None else data,
    )


def post(running, headers, body):
    headers = {"Authorization": f"Bearer {KEY}"} | dict(headers)
    request = urllib.request.Request(f"{running.url}/v1/events", body, headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


with gateway() as running:
    form = JSONFormat()
    for number, bind in ((1, to_structured_event), (2, to_binary_event)):
        message = bind(event(number), form)
        status, answer = post(running, message.headers, message.body)
        assert status == 202 and answer["accepted"] == 1, (bind.__name__, status, answer)
        # The same event again, however it is packed, is the same event.
        for other in (to_structured_event, to_binary_event):
            message = other(event(number), form)
            status, answer = post(running, message.headers, message.body)
            assert status == 202 and answer["duplicates"] == 1, (other.__name__, status, answer)
    batch = b"[" + b",".join(form.write(event(number)) for number in (3, 4)) + b"]"
    status, answer = post(running, {"Content-Type": "application/cloudevents-batch+json"}, batch)
    assert status == 202 and answer["accepted"] == 2, (status, answer)
    elsewhere = to_structured_event(event(1, source="/elsewhere", data={"units": 9}), form)
    status, answer = post(running, elsewhere.headers, elsewhere.body)
    assert status == 202 and answer["accepted"] == 1, "the same id of another source is another event"
    status, answer = post(running, {"Content-Type": "application/cloudevents+json"}, b'{"specversion":"1.0","id":"x"}')
    assert status == 422 and {"source", "type", "subject"} <= {error["field"] for error in answer["errors"]}, answer
    for number in (1, 2, 3, 4):
        found = running.get(f"/v1/events/ce-{number}")
        assert found["name"] == "api_request" and found["customer_id"] == "cust ä", found
        assert found["timestamp"] == "2026-03-01T12:00:00.125Z" and found["properties"] == {"units": number}, found

print("CloudEvents' SDK: structured, binary and batch mode taken")
