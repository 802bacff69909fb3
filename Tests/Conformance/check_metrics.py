"""Prometheus' own parser against `GET /metrics`.

Exits with 1 at the first difference.
"""

import json
import time
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from running_gateway import ADMIN_KEY, KEY, PATIENCE, gateway


def scrape(running):
    request = urllib.request.Request(f"{running.url}/metrics", headers={"Authorization": f"Bearer {ADMIN_KEY}"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        return {family.name: family for family in text_string_to_metric_families(answer.read().decode())}


def value(families, sample_name, **labels):
    found = [
        sample.value
        for family in families.values()
        for sample in family.samples
        if sample.name == sample_name and labels.items() <= sample.labels.items()
    ]
    assert len(found) == 1, (sample_name, labels, found)
    return found[0]


def post(running, events):
    request = urllib.request.Request(
        f"{running.url}/v1/events",
        json.dumps(events).encode(),
        {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        assert answer.status == 202


with gateway() as running:
    start = time.monotonic()
    post(running, [{"id": f"e{n}", "name": "api_request", "customer_id": "c1"} for n in range(5)])
    post(running, [{"id": f"e{n}", "name": "api_request", "customer_id": "c1"} for n in range(3)])

    longest = time.monotonic() - start

    def delivered():
        return value(scrape(running), "tollgate_deliveries_total", provider="lago-sandbox", outcome="delivered")

    running.wait_for("the deliveries", lambda: delivered() == 5)
    running.wait_for("an empty backlog", lambda: value(scrape(running), "tollgate_backlog_events", provider="lago-sandbox") == 0)
    families = scrape(running)
    assert value(families, "tollgate_events_total", result="accepted") == 5
    assert value(families, "tollgate_events_total", result="duplicate") == 3
    writes = {"endpoint": "write", "status": "2xx"}
    assert value(families, "tollgate_http_request_seconds_bucket", le="+Inf", **writes) == 2
    assert value(families, "tollgate_http_request_seconds_count", **writes) == 2
    # In seconds, of which both together cannot have had more.
    assert 0 < value(families, "tollgate_http_request_seconds_sum", **writes) < longest
    for family in families.values():
        assert family.documentation and family.type in ("counter", "gauge", "histogram"), family
        assert family.name.startswith("tollgate_"), family

print(f"Prometheus' parser: {len(families)} families read")
