"""The gateway's description by openapi-spec-validator, and the running gateway against it by schemathesis.

Bounded: a fixed number of generated requests an operation, and a seed, so that a run can be repeated.
"""

import json
import re
import subprocess
import sys
import tempfile
import urllib.request

from openapi_spec_validator import validate

from running_gateway import KEY, PATIENCE, gateway

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "ignored_auth",
]


# What a vendor cannot do is 501. Lago's facade has GET at OpenMeter's path.
CONFIGURATION = """
[checks]
not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "501"]

[[operations]]
include-path = "/api/v1/events"
phases.coverage.unexpected-methods = ["put", "delete", "patch", "trace", "query"]
"""


def with_all_scopes(routes):
    for client in routes["clients"]:
        client["scopes"] = ["admin"]


with gateway(with_all_scopes) as running:
    with urllib.request.urlopen(f"{running.url}/openapi.json", timeout=PATIENCE) as answer:
        document = json.load(answer)
    validate(document)
    for number in range(3):
        event = {"id": f"e{number}", "name": "api_request", "customer_id": "c", "properties": {"units": "1"}}
        request = urllib.request.Request(
            f"{running.url}/v1/events",
            json.dumps(event).encode(),
            {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=PATIENCE).close()
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{running.url}/openapi.json"]
    command += ["--header", f"Authorization: Bearer {KEY}", "--checks", ",".join(CHECKS), "--seed", "7"]
    # A stream has no end.
    command += ["--exclude-path", "/v1/events/stream", "--max-examples", "40", "--phases", "examples,coverage,fuzzing"]
    command += ["--request-timeout", str(PATIENCE), "--no-color"]
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
        config.write(CONFIGURATION)
        config.flush()
        command[3:3] = ["--config-file", config.name]
        result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        print(result.stdout[-20000:], result.stderr[-2000:])
        sys.exit(1)
    summary = re.search(r"\d+ generated, \d+ passed", result.stdout)

print(f"OpenAPI: {len(document['paths'])} paths valid; schemathesis: {summary.group(0)}, as described")
