/// Comparisons in ``OpenAPIDocument``, as members of JSON objects.
enum OpenAPIParity {
    static let paths = #"""
            "/v1/hooks/{vendor}": {
              "post": {
                "tags": ["migrations"], "operationId": "receiveWebhook", "summary": "Take a vendor's webhook.",
                "security": [],
                "description": "Lago's webhook events.errors names events that Lago stores and does not bill; comparisons show them with their cause. Others are ignored. The message must be signed (HMAC) with the webhook_key of a provider.",
                "parameters": [
                  {"name": "vendor", "in": "path", "required": true, "schema": {"enum": ["lago"]}},
                  {"name": "X-Lago-Signature", "in": "header", "schema": {"type": "string"}, "description": "HMAC-SHA256 of the body, in Base64."},
                  {"name": "X-Lago-Signature-Algorithm", "in": "header", "schema": {"const": "hmac"}}],
                "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "required": ["webhook_type"], "properties": {"webhook_type": {"type": "string"}}}}}},
                "responses": {
                  "200": {"description": "Taken.", "content": {"application/json": {"schema": {
                    "type": "object", "required": ["status"],
                    "properties": {"status": {"enum": ["noted", "ignored"]}, "events": {"type": "integer", "description": "Events that it names."}}}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/parity/runs": {
              "post": {
                "tags": ["migrations"], "operationId": "startComparison", "summary": "Compare what vendors have with what they were sent.",
                "security": [{"bearer": ["migrations:manage"]}, {"apiKey": ["migrations:manage"]}],
                "description": "Queues a comparison, which survives restarts. Reads of vendors take their share of the rate limit, behind deliveries. A provider whose account other tenants use requires the scope admin.",
                "requestBody": {"required": true, "content": {"application/json": {"schema": {
                  "type": "object", "required": ["from", "until"], "additionalProperties": false,
                  "properties": {
                    "from": {"$ref": "#/components/schemas/Timestamp"},
                    "until": {"$ref": "#/components/schemas/Timestamp"},
                    "providers": {"type": "array", "minItems": 1, "maxItems": 64, "uniqueItems": true, "items": {"type": "string"}},
                    "level": {"enum": ["ledger", "digest", "full", "usage", "resend"], "default": "full", "description": "ledger: only the journal. digest: counts, then whatever differs, and a sample. full: every event. usage: the amounts that are billed in the window, which is a billing period, and the events of those that differ. resend: sends every confirmed event again, with the same ID, to a vendor that counts those it did not have (Polar); lost events are counted and mended, and not named."},
                    "metrics": {"$ref": "#/components/schemas/UsageMetrics"},
                    "migration": {"type": "string", "minLength": 1, "description": "A migration in routes.json, from which the providers are taken unless they are named, and with the level usage the metrics."},
                    "sample": {"type": "integer", "minimum": 0, "maximum": 1000000, "default": 3000, "description": "With digest: number of events to compare at random where counts agree."}}}}}},
                "responses": {
                  "202": {"description": "Queued.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ParityRun"}}}},
                  "422": {"$ref": "#/components/responses/Problem"},
                  "429": {"$ref": "#/components/responses/Problem"},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "501": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              },
              "get": {
                "tags": ["migrations"], "operationId": "listComparisons", "summary": "Comparisons, newest first.",
                "security": [{"bearer": ["events:read"]}, {"apiKey": ["events:read"]}],
                "parameters": [{"$ref": "#/components/parameters/limit"}, {"$ref": "#/components/parameters/cursor"}],
                "responses": {
                  "200": {"description": "A page.", "content": {"application/json": {"schema": {
                    "type": "object", "required": ["runs", "next_cursor"],
                    "properties": {"runs": {"type": "array", "items": {"$ref": "#/components/schemas/ParityRun"}}, "next_cursor": {"type": ["string", "null"]}}}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/parity/days": {
              "get": {
                "tags": ["migrations"], "operationId": "listComparedDays", "summary": "What comparisons found, by the day of the events.",
                "security": [{"bearer": ["events:read"]}, {"apiKey": ["events:read"]}],
                "description": "The last 14 days in UTC, newest first. Of each day and provider, the newest finished comparison (full or digest) counts that covers most of the day. Comparisons are looked for every 20 seconds.",
                "responses": {
                  "200": {"description": "The days.", "content": {"application/json": {"schema": {
                    "type": "object", "required": ["days"],
                    "properties": {"days": {"type": "array", "items": {"$ref": "#/components/schemas/ComparedDay"}}}}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/parity/runs/{id}": {
              "get": {
                "tags": ["migrations"], "operationId": "showComparison", "summary": "A comparison: how far it is, and what it found.",
                "security": [{"bearer": ["events:read"]}, {"apiKey": ["events:read"]}],
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}}],
                "responses": {
                  "200": {"description": "The comparison, with who accepted which of its causes.", "content": {"application/json": {"schema": {"allOf": [
                    {"$ref": "#/components/schemas/ParityRun"},
                    {"type": "object", "required": ["acceptances"], "properties": {
                      "acceptances": {"type": "array", "description": "Those that are valid now, oldest first.", "items": {"$ref": "#/components/schemas/ParityAcceptance"}}}}]}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/parity/runs/{id}/cells": {
              "get": {
                "tags": ["migrations"], "operationId": "listCells", "summary": "The numbers of a comparison by event name and provider.",
                "security": [{"bearer": ["events:read"]}, {"apiKey": ["events:read"]}],
                "parameters": [
                  {"name": "id", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}},
                  {"$ref": "#/components/parameters/limit"}, {"$ref": "#/components/parameters/cursor"}],
                "responses": {
                  "200": {"description": "A page.", "content": {"application/json": {"schema": {
                    "type": "object", "required": ["cells", "next_cursor"],
                    "properties": {"cells": {"type": "array", "items": {"$ref": "#/components/schemas/ParityCell"}}, "next_cursor": {"type": ["string", "null"]}}}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/parity/runs/{id}/customers": {
              "get": {
                "tags": ["migrations"], "operationId": "listCustomersThatDiffer", "summary": "The customers that the differences of a comparison are about.",
                "security": [{"bearer": ["events:read"]}, {"apiKey": ["events:read"]}],
                "description": "Those whose bills are wrong by the most money first, where the vendor tells amounts, then those with the most wrong bills. Only differences that are kept one by one count, at most 100,000 of a comparison. Amounts of several currencies are not converted.",
                "parameters": [
                  {"name": "id", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}},
                  {"$ref": "#/components/parameters/limit"},
                  {"name": "sort", "in": "query", "schema": {"enum": ["money", "wrong_bills", "findings"], "default": "money"}, "description": "Which number comes first if it is larger."}],
                "responses": {
                  "200": {"description": "The customers.", "content": {"application/json": {"schema": {
                    "type": "object", "required": ["customers"],
                    "properties": {"customers": {"type": "array", "items": {
                      "type": "object", "required": ["customer_id", "provider", "findings", "wrong_bills", "differences"],
                      "properties": {
                        "customer_id": {"type": ["string", "null"]}, "provider": {"type": "string"}, "findings": {"type": "integer"},
                        "wrong_bills": {"type": "integer", "description": "Differences with the urgency money: the vendor bills this customer too much or too little."},
                        "differences": {"type": "array", "description": "By how much the bill is wrong, at the average price per unit that the vendor bills, by currency; empty where it tells no amounts.", "items": {
                          "type": "object", "required": ["currency", "too_little", "too_much"],
                          "properties": {"currency": {"type": "string"}, "too_little": {"type": "string"}, "too_much": {"type": "string"}}}}}}}}}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/parity/runs/{id}/findings": {
              "get": {
                "tags": ["migrations"], "operationId": "listFindings", "summary": "The differences that a comparison found.",
                "security": [{"bearer": ["events:read"]}, {"apiKey": ["events:read"]}],
                "description": "At most 100,000 are kept of a comparison; its counts are exact beyond that.",
                "parameters": [
                  {"name": "id", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}},
                  {"name": "cause", "in": "query", "schema": {"$ref": "#/components/schemas/ParityCause"}},
                  {"name": "provider", "in": "query", "schema": {"type": "string"}, "description": "Only differences at this provider."},
                  {"name": "customer_id", "in": "query", "schema": {"type": "string"}},
                  {"name": "name", "in": "query", "schema": {"type": "string"}},
                  {"name": "event_id", "in": "query", "schema": {"type": "string"}, "description": "Only differences of events with this ID."},
                  {"name": "format", "in": "query", "schema": {"enum": ["json", "csv"], "default": "json"}, "description": "csv: all of them, without pages."},
                  {"$ref": "#/components/parameters/limit"}, {"$ref": "#/components/parameters/cursor"}],
                "responses": {
                  "200": {"description": "A page.", "content": {
                    "application/json": {"schema": {
                      "type": "object", "required": ["findings", "next_cursor"],
                      "properties": {"findings": {"type": "array", "items": {"$ref": "#/components/schemas/ParityFinding"}}, "next_cursor": {"type": ["string", "null"]}}}},
                    "text/csv": {"schema": {"type": "string"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/parity/runs/{id}/resolve": {
              "post": {
                "tags": ["migrations"], "operationId": "resolveFindings", "summary": "Resend lost events, or accept a cause for some time.",
                "security": [{"bearer": ["migrations:manage"]}, {"apiKey": ["migrations:manage"]}],
                "description": "resend sends the events with the cause lost_after_accept again, to that provider alone and with the same identity. accept keeps differences of a cause in the list, but out of the verdict: of provider, or without it of all providers of the comparison; with the scope admin, of all providers there are.",
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}}],
                "requestBody": {"required": true, "content": {"application/json": {"schema": {
                  "type": "object", "required": ["action"], "additionalProperties": false,
                  "properties": {
                    "action": {"enum": ["resend", "accept"]}, "cause": {"$ref": "#/components/schemas/ParityCause"},
                    "provider": {"type": "string", "minLength": 1}, "customer_id": {"type": "string", "minLength": 1},
                    "name": {"type": "string", "minLength": 1},
                    "reason": {"type": "string", "minLength": 1, "description": "Required to accept."},
                    "until": {"$ref": "#/components/schemas/Timestamp"},
                    "dry_run": {"type": "boolean", "default": false, "description": "With resend: only count what would be sent."}}}}}},
                "responses": {
                  "200": {"description": "Done.", "content": {"application/json": {"schema": {
                    "type": "object",
                    "properties": {
                      "status": {"const": "accepted"}, "dry_run": {"type": "boolean"},
                      "sent": {"type": "integer", "description": "In a dry run, what would be sent."}, "failed": {"type": "integer"},
                      "reason": {"type": ["string", "null"]}}}}}},
                  "409": {"$ref": "#/components/responses/Problem"},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            }
        """#

    static let schemas = #"""
              "ComparedDay": {
                "type": "object", "required": ["day", "providers"],
                "properties": {
                  "day": {"type": "string", "format": "date"},
                  "providers": {"type": "array", "items": {
                    "type": "object", "required": ["provider", "run", "whole_day", "unreadable", "open", "accepted"],
                    "properties": {
                      "provider": {"type": "string"}, "run": {"type": ["integer", "null"], "description": "Null if the day was not compared."},
                      "whole_day": {"type": "boolean", "description": "Whether the comparison covers the whole day."},
                      "unreadable": {"type": "boolean", "description": "Whether a part could not be compared."},
                      "open": {"type": "integer", "description": "Findings that nobody has accepted."}, "accepted": {"type": "integer"}}}}
                }
              },
              "ParityCause": {"enum": ["waiting", "untranslatable", "rejected", "discarded", "uncertain", "not_visible_yet", "parent_unresolved",
                "lost_after_accept", "collision", "no_metric", "no_customer", "no_subscription", "unusable_property", "period_closed",
                "content", "doubled", "removed", "foreign", "rounding", "other_period", "aggregation_differs", "stale_total", "usage_differs",
                "unreadable", "unexplained"]},
              "UsageMetrics": {
                "type": "object", "minProperties": 1, "maxProperties": 100,
                "description": "By event name what is billed: the aggregate, its property unless it is a count, and by provider the vendor's ID: a billable metric's code at Lago, a meter's ID at Polar, a feature's ID at Flexprice. Required with the level usage.",
                "additionalProperties": {
                  "type": "object", "required": ["aggregate"], "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 255, "description": "A provider's ID, as in names."},
                  "properties": {
                    "aggregate": {"enum": ["count", "sum", "max", "unique", "latest"]},
                    "property": {"type": "string", "minLength": 1, "maxLength": 255},
                    "names": {"type": "object", "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 255}}}}},
              "ParityRun": {
                "type": "object",
                "required": ["id", "state", "verdict", "reason", "level", "sample", "metrics", "from", "until", "client", "requested_at", "ended_at", "events", "windows", "providers"],
                "properties": {
                  "id": {"type": "integer"},
                  "state": {"enum": ["queued", "counting", "reading", "confirming", "finished", "failed"]},
                  "verdict": {"enum": ["equal", "different", "incomplete", null], "description": "Null until the end. incomplete: something could not be compared."},
                  "reason": {"type": ["string", "null"]}, "level": {"enum": ["ledger", "digest", "full", "usage", "resend"]}, "sample": {"type": "integer"},
                  "metrics": {"anyOf": [{"$ref": "#/components/schemas/UsageMetrics"}, {"type": "null"}], "description": "What is compared with the level usage. There, the numbers are of customers, by metric."},
                  "from": {"type": "string"}, "until": {"type": "string"}, "client": {"type": "string"},
                  "requested_at": {"type": "string"}, "ended_at": {"type": ["string", "null"]},
                  "events": {"type": "integer", "description": "Events of the journal in the window."},
                  "windows": {"type": "object", "required": ["read", "total"], "properties": {"read": {"type": "integer"}, "total": {"type": "integer"}}},
                  "providers": {"type": "array", "items": {
                    "type": "object",
                    "required": ["provider", "expected", "found", "missing", "extra", "different", "not_planned", "calls", "unreadable", "counted_only", "summed", "sampled_parts", "bound", "causes"],
                    "properties": {
                      "provider": {"type": "string"}, "expected": {"type": "integer"}, "found": {"type": "integer"},
                      "missing": {"type": "integer"}, "extra": {"type": "integer"}, "different": {"type": "integer"},
                      "not_planned": {"type": "integer", "description": "Events of the window that no route sends to the provider."},
                      "calls": {"type": "object", "required": ["made"], "properties": {"made": {"type": "integer"}, "least": {"type": "integer"}, "most": {"type": "integer"}}},
                      "unreadable": {"type": ["string", "null"]},
                      "counted_only": {"type": "integer", "description": "Events in parts whose counts agree, which were not compared one by one."},
                      "summed": {"type": "integer", "description": "Those among them that stand in a sum of the metered property that agrees too, by name and hour."},
                      "sampled_parts": {"type": "integer", "description": "Parts that were compared at random although their counts agree: pages, or single events where the vendor finds them by ID (Polar with id_property)."},
                      "bound": {"type": ["number", "null"], "description": "The share of parts that may hold a difference although their counts agree, with 95% confidence."},
                      "causes": {"type": "array", "items": {
                        "type": "object", "required": ["cause", "urgency", "count", "accepted", "summary"],
                        "properties": {
                          "cause": {"$ref": "#/components/schemas/ParityCause"}, "urgency": {"enum": ["benign", "wait", "act", "money", "unknown"]},
                          "count": {"type": "integer"}, "accepted": {"type": "integer"}, "summary": {"type": "string"}}}}}}}
                }
              },
              "ParityAcceptance": {
                "type": "object", "required": ["cause", "provider", "name", "reason", "until", "client", "accepted_at"],
                "properties": {
                  "cause": {"$ref": "#/components/schemas/ParityCause"},
                  "provider": {"type": ["string", "null"], "description": "Null: at every provider."},
                  "name": {"type": ["string", "null"], "description": "Null: of every event name."},
                  "reason": {"type": "string"}, "until": {"type": "string"}, "client": {"type": "string"}, "accepted_at": {"type": "string"}}
              },
              "ParityCell": {
                "type": "object", "required": ["name", "provider", "expected", "found", "missing", "extra", "different"],
                "properties": {
                  "name": {"type": "string"}, "provider": {"type": "string"}, "expected": {"type": "integer"}, "found": {"type": "integer"},
                  "missing": {"type": "integer"}, "extra": {"type": "integer"}, "different": {"type": "integer"}}
              },
              "ParityFinding": {
                "type": "object",
                "required": ["number", "provider", "cause", "urgency", "confirmed", "event_id", "vendor_id", "name", "customer_id", "subscription_id", "timestamp", "differences", "detail", "resolution"],
                "properties": {
                  "number": {"type": "integer"}, "provider": {"type": "string"}, "cause": {"$ref": "#/components/schemas/ParityCause"},
                  "urgency": {"enum": ["benign", "wait", "act", "money", "unknown"]},
                  "confirmed": {"type": "boolean", "description": "Two reads a visibility lag apart agree, or none is needed."},
                  "event_id": {"type": ["string", "null"]}, "vendor_id": {"type": ["string", "null"]}, "name": {"type": "string"},
                  "customer_id": {"type": ["string", "null"]}, "subscription_id": {"type": ["string", "null"]}, "timestamp": {"type": "string"},
                  "differences": {"type": "array", "items": {
                    "type": "object", "required": ["field", "kind", "sent", "shown"],
                    "properties": {
                      "field": {"type": "string"}, "kind": {"enum": ["value", "precision", "type", "dropped", "added", "money"], "description": "money: what a difference of billed units costs, where the vendor tells what it bills. shown is what it bills, sent what it would bill for what was sent at the same average price per unit, both without taxes, such as 12.50 EUR. Tiers, minimums and free units may price the difference otherwise."},
                      "sent": {"type": ["string", "null"]}, "shown": {"type": ["string", "null"]}}}},
                  "detail": {"type": ["string", "null"]}, "resolution": {"type": ["string", "null"]}
                }
              },
        """#
}
