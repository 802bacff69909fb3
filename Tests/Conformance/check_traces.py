"""OpenTelemetry's own messages against the traces that the gateway exports.

Exits with 1 at the first difference.
"""

import base64
import http.server
import json
import os
import threading
import urllib.request

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from running_gateway import KEY, PATIENCE, gateway

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
requests = []


class Collector(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        assert self.path == "/v1/traces" and self.headers["api-key"] == "a secret", (self.path, self.headers)
        assert self.headers["Content-Type"] == "application/json"
        requests.append(decoded(self.rfile.read(int(self.headers["Content-Length"]))))
        body = b"{}"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def decoded(body):
    """OTLP writes IDs in hexadecimal; protobuf's own JSON has them in base64."""

    def ids(object):
        return {
            key: base64.b64encode(bytes.fromhex(value)).decode() if key in ("traceId", "spanId", "parentSpanId") else value
            for key, value in object.items()
        }

    # Unknown fields and wrong types are errors.
    return json_format.ParseDict(json.loads(body, object_hook=ids), ExportTraceServiceRequest())


def spans():
    return [
        span
        for request in requests
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def attributes(list):
    return {entry.key: getattr(entry.value, entry.value.WhichOneof("value")) for entry in list}


def post(running, id, parent):
    request = urllib.request.Request(
        f"{running.url}/v1/events",
        json.dumps({"id": id, "name": "api_request", "customer_id": "c1"}).encode(),
        {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", "traceparent": parent},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        assert answer.status == 202


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"http://127.0.0.1:{server.server_port}/"
os.environ["OTEL_EXPORTER_OTLP_HEADERS"] = "api-key=a%20secret"
os.environ["OTEL_SERVICE_NAME"] = "conformance"

with gateway() as running:
    # The first try fails, so that the second surely begins after the trace was noted.
    faults = json.dumps({"status": {"429": 1}, "times": 1}).encode()
    request = urllib.request.Request(f"{running.sandbox}/sandbox/lago/faults", faults, method="PUT")
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        assert answer.status == 200
    post(running, "e1", f"00-{TRACE}-{PARENT}-01")

    def delivered():
        return [
            span
            for span in spans()
            if span.name == "attempt"
            and attributes(span.attributes).get("http.response.status_code") in (200, 201, 202, 204)
            and attributes(span.attributes)["tollgate.provider"] == "lago-sandbox"
        ]

    running.wait_for("the spans", lambda: {"accept", "commit"} <= {span.name for span in spans()} and delivered())
    resource = attributes(requests[0].resource_spans[0].resource.attributes)
    assert resource["service.name"] == "conformance" and resource["service.version"], resource
    accept = next(span for span in spans() if span.name == "accept")
    assert accept.trace_id.hex() == TRACE and accept.parent_span_id.hex() == PARENT
    assert accept.kind == Span.SPAN_KIND_SERVER
    assert attributes(accept.attributes)["http.response.status_code"] == 202
    commit = next(span for span in spans() if span.name == "commit")
    assert commit.kind == Span.SPAN_KIND_INTERNAL and attributes(commit.attributes) == {"tollgate.events": 1}
    attempt = delivered()[0]
    assert attempt.kind == Span.SPAN_KIND_CLIENT
    for span in (commit, attempt):
        assert span.trace_id.hex() == TRACE and span.parent_span_id == accept.span_id
        assert span.status.code == Status.STATUS_CODE_UNSET, span
    limited = next(span for span in spans() if attributes(span.attributes).get("http.response.status_code") == 429)
    assert limited.status.code == Status.STATUS_CODE_ERROR and limited.status.message, limited
    for span in spans():
        assert len(span.trace_id) == 16 and len(span.span_id) == 8
        assert span.start_time_unix_nano <= span.end_time_unix_nano
    assert accept.start_time_unix_nano <= commit.start_time_unix_nano

server.shutdown()
print(f"OpenTelemetry: {len(spans())} spans read")
