import Access

/// The paths of ``OpenAPIDocument``, as members of a JSON object.
enum OpenAPIPaths {
    static let events = #"""
            "/v1/events": {
              "post": {
                "tags": ["events"], "operationId": "writeEvents", "summary": "Accept events.",
                "security": [{"bearer": ["events:write"]}, {"apiKey": ["events:write"]}],
                "description": "One event, {\"events\": [...]}, an array, an event a line, or CloudEvents 1.0 (structured, batch, and binary by ce- header fields). All or nothing, unless partial is true. A 2xx means that every event it names is on disk. The same id with the same content is a duplicate, with other content a conflict.",
                "parameters": [
                  {"name": "partial", "in": "query", "schema": {"enum": ["true", "false", ""], "default": "false"},
                   "description": "Take the good events where others are bad; without a value it means true."},
                  {"name": "Prefer", "in": "header", "schema": {"type": "string"}, "example": "wait=5",
                   "description": "wait=N waits up to N seconds for the primary destinations (RFC 7240)."}
                ],
                "requestBody": {
                  "required": true,
                  "content": {
                    "application/json": {"schema": {"oneOf": [
                      {"$ref": "#/components/schemas/Event"},
                      {"type": "object", "required": ["events"], "additionalProperties": false,
                       "properties": {"events": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Event"}}}},
                      {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Event"}}]}},
                    "application/x-ndjson": {"schema": {"type": "string", "description": "An event a line."}},
                    "application/cloudevents+json": {"schema": {"$ref": "#/components/schemas/CloudEvent"}},
                    "application/cloudevents-batch+json": {"schema":
                      {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/CloudEvent"}}}
                  }
                },
                "responses": {
                  "200": {"description": "On disk, and the primaries are settled.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/WriteResult"}}}},
                  "202": {"description": "On disk.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/WriteResult"}}}},
                  "207": {"description": "The good ones are on disk.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/WriteResult"}}}},
                  "409": {"$ref": "#/components/responses/Problem"},
                  "413": {"$ref": "#/components/responses/Problem"},
                  "422": {"$ref": "#/components/responses/Problem"},
                  "429": {"$ref": "#/components/responses/Problem"},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              },
              "get": {
                "tags": ["events"], "operationId": "listEvents", "summary": "A page of events.",
                "security": [{"bearer": ["events:read"]}, {"apiKey": ["events:read"]}],
                "description": "Ordered by timestamp. A filter may be repeated, or hold several values separated by commas (a comma within a value is %2C); any of the values matches. With provider, the vendor itself is asked. A page ends at its limit, at about 8 MiB, or after the search has taken 10 seconds: then searched_until says how far it came, and next_cursor continues there.",
                "parameters": [
                  {"$ref": "#/components/parameters/id"}, {"$ref": "#/components/parameters/name"},
                  {"$ref": "#/components/parameters/customer_id"}, {"$ref": "#/components/parameters/subscription_id"},
                  {"$ref": "#/components/parameters/source"}, {"$ref": "#/components/parameters/from"},
                  {"$ref": "#/components/parameters/until"}, {"$ref": "#/components/parameters/accepted_from"},
                  {"$ref": "#/components/parameters/accepted_until"}, {"$ref": "#/components/parameters/delivery_status"},
                  {"$ref": "#/components/parameters/delivery_provider"}, {"$ref": "#/components/parameters/order"},
                  {"$ref": "#/components/parameters/limit"}, {"$ref": "#/components/parameters/cursor"},
                  {"$ref": "#/components/parameters/provider"}
                ],
                "responses": {
                  "200": {"description": "A page.", "content": {"application/json": {"schema": {"oneOf": [
                    {"$ref": "#/components/schemas/EventPage"}, {"$ref": "#/components/schemas/VendorEventPage"}]}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "501": {"$ref": "#/components/responses/Problem"},
                  "5XX": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/events/names": {
              "get": {
                "tags": ["events"], "operationId": "listNames", "summary": "The names of events, with counts.",
                "security": [{"bearer": ["events:read"]}, {"apiKey": ["events:read"]}],
                "parameters": [
                  {"$ref": "#/components/parameters/id"}, {"$ref": "#/components/parameters/name"},
                  {"$ref": "#/components/parameters/customer_id"}, {"$ref": "#/components/parameters/subscription_id"},
                  {"$ref": "#/components/parameters/source"}, {"$ref": "#/components/parameters/from"},
                  {"$ref": "#/components/parameters/until"}, {"$ref": "#/components/parameters/accepted_from"},
                  {"$ref": "#/components/parameters/accepted_until"}, {"$ref": "#/components/parameters/delivery_status"},
                  {"$ref": "#/components/parameters/delivery_provider"}, {"$ref": "#/components/parameters/limit"},
                  {"$ref": "#/components/parameters/cursor"}, {"$ref": "#/components/parameters/provider"}
                ],
                "responses": {
                  "200": {"description": "A page of names, in the order of their bytes.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Names"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "5XX": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/events/estimate": {
              "post": {
                "tags": ["events"], "operationId": "estimate", "summary": "What an event would cost now, from a vendor that can tell.",
                "security": [{"bearer": ["events:read"]}, {"apiKey": ["events:read"]}],
                "parameters": [{"$ref": "#/components/parameters/provider"}],
                "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Event"}}}},
                "responses": {
                  "200": {"description": "The vendor's estimate.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Estimate"}}}},
                  "422": {"$ref": "#/components/responses/Problem"},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "501": {"$ref": "#/components/responses/Problem"},
                  "5XX": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/events/stream": {
              "get": {
                "tags": ["events"], "operationId": "streamEvents", "summary": "New events and settlements as they happen.",
                "security": [{"bearer": ["events:read"]}, {"apiKey": ["events:read"]}],
                "description": "Server-sent events: accepted (an event, with an id for Last-Event-ID), settled (an event's id and a delivery), missed (how many settlements a slow reader has missed).",
                "parameters": [
                  {"$ref": "#/components/parameters/id"}, {"$ref": "#/components/parameters/name"},
                  {"$ref": "#/components/parameters/customer_id"}, {"$ref": "#/components/parameters/subscription_id"},
                  {"$ref": "#/components/parameters/source"}, {"$ref": "#/components/parameters/from"},
                  {"$ref": "#/components/parameters/until"}, {"$ref": "#/components/parameters/accepted_from"},
                  {"$ref": "#/components/parameters/accepted_until"},
                  {"name": "Last-Event-ID", "in": "header", "schema": {"type": "string"},
                   "description": "The id of the last message received; the stream continues after it. Without it, the stream begins with new events."}
                ],
                "responses": {
                  "200": {"description": "The stream.", "content": {"text/event-stream": {"schema": {"type": "string"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/events/{id}": {
              "get": {
                "tags": ["events"], "operationId": "readEvent", "summary": "An event, its deliveries, every attempt.",
                "security": [{"bearer": ["events:read"]}, {"apiKey": ["events:read"]}],
                "description": "Of several events with one id (ids that came by a vendor's API may be unique within something only) the others stand under also. With provider the vendor itself is asked. An id that is a word of these paths is read by GET /v1/events?id=.",
                "parameters": [
                  {"name": "id", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}},
                  {"$ref": "#/components/parameters/provider"}
                ],
                "responses": {
                  "200": {"description": "The event.", "content": {"application/json": {"schema": {"oneOf": [
                    {"$ref": "#/components/schemas/TracedEvent"}, {"$ref": "#/components/schemas/VendorEvent"}]}}}},
                  "404": {"$ref": "#/components/responses/Problem"},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "5XX": {"$ref": "#/components/responses/Problem"}
                }
              }
            }
        """#

    static let deliveries = #"""
            "/v1/deliveries": {
              "get": {
                "tags": ["deliveries"], "operationId": "listDeliveries",
                "security": [{"bearer": ["events:read"]}, {"apiKey": ["events:read"]}],
                "summary": "What did not simply arrive: retrying, rejected, uncertain and so on, in journal order.",
                "description": "Pending deliveries are listed for providers that routes.json does not have any more, and for all with the status pending.",
                "parameters": [
                  {"name": "provider", "in": "query", "schema": {"type": "string"}},
                  {"name": "status", "in": "query", "schema": {"type": "array", "items": {"$ref": "#/components/schemas/DeliveryStatus"}}, "explode": true},
                  {"name": "event_id", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}, "explode": true},
                  {"$ref": "#/components/parameters/name"},
                  {"name": "error_code", "in": "query", "schema": {"type": "array", "items": {"$ref": "#/components/schemas/ErrorCode"}}, "explode": true},
                  {"$ref": "#/components/parameters/accepted_from"}, {"$ref": "#/components/parameters/accepted_until"},
                  {"$ref": "#/components/parameters/limit"}, {"$ref": "#/components/parameters/cursor"}
                ],
                "responses": {
                  "200": {"description": "A page.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DeliveryPage"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/deliveries/retry": {
              "post": {
                "tags": ["deliveries"], "operationId": "retryDeliveries", "summary": "Retry deliveries now.",
                "security": [{"bearer": ["deliveries:manage"]}, {"apiKey": ["deliveries:manage"]}],
                "description": "Without a status in the filter, rejected and retrying deliveries. Uncertain deliveries may have arrived, and a vendor that does not deduplicate would bill them twice: they are retried only with the status uncertain.",
                "requestBody": {"$ref": "#/components/requestBodies/Revision"},
                "responses": {
                  "200": {"description": "How many.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RevisionResult"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/deliveries/discard": {
              "post": {
                "tags": ["deliveries"], "operationId": "discardDeliveries", "summary": "Give deliveries up.",
                "security": [{"bearer": ["deliveries:manage"]}, {"apiKey": ["deliveries:manage"]}],
                "description": "Rejected, retrying and uncertain deliveries, and pending ones of providers that routes.json does not have any more.",
                "requestBody": {"$ref": "#/components/requestBodies/Revision"},
                "responses": {
                  "200": {"description": "How many.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RevisionResult"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/deliveries/actions": {
              "get": {
                "tags": ["deliveries"], "operationId": "listActions", "summary": "Who retried or discarded what, and when; the newest first.",
                "security": [{"bearer": ["deliveries:manage"]}, {"apiKey": ["deliveries:manage"]}],
                "responses": {
                  "200": {"description": "The latest 1000.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Actions"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            }
        """#

    static let operations = #"""
            "/v1/providers": {
              "get": {
                "tags": ["operations"], "operationId": "listProviders", "summary": "The state of each provider.",
                "security": [{"bearer": ["deliveries:manage"]}, {"apiKey": ["deliveries:manage"]}],
                "responses": {
                  "200": {"description": "All, and those that are gone with something waiting for them. A client without the scope admin sees those that no other tenant shares.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Providers"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/client": {
              "get": {
                "tags": ["operations"], "operationId": "showClient", "summary": "The client that the key belongs to.",
                "responses": {
                  "200": {"description": "Its tenant, its scopes, its limits, and the journal that its events go to.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Client"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/providers/{name}/hold": {
              "post": {
                "tags": ["operations"], "operationId": "holdProvider", "summary": "Stop deliveries to a provider for a while.",
                "security": [{"bearer": ["admin"]}, {"apiKey": ["admin"]}],
                "description": "Events are still accepted and wait. The hold survives a restart; a later hold replaces it. Scope admin.",
                "parameters": [{"name": "name", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}}],
                "requestBody": {"required": true, "content": {"application/json": {"schema": {
                  "type": "object", "required": ["for"], "additionalProperties": false,
                  "properties": {"for": {"type": "string", "pattern": "^[1-9][0-9]{0,6}(ms|s|m|h|d)$", "example": "1h", "description": "At most 30d."}}}}}},
                "responses": {
                  "200": {"description": "Held.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ProviderOrder"}}}},
                  "404": {"$ref": "#/components/responses/Problem"},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/providers/{name}/resume": {
              "post": {
                "tags": ["operations"], "operationId": "resumeProvider", "summary": "Start deliveries to a provider again.",
                "security": [{"bearer": ["admin"]}, {"apiKey": ["admin"]}],
                "description": "Ends an operator's hold, a wait that the vendor asked for and the pause before the next probe; retries become due now. Scope admin.",
                "parameters": [{"name": "name", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}}],
                "responses": {
                  "200": {"description": "Resumed.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ProviderOrder"}}}},
                  "404": {"$ref": "#/components/responses/Problem"},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/config/reload": {
              "post": {
                "tags": ["operations"], "operationId": "reloadRoutes", "summary": "Take a changed routes.json over, whole or not at all.",
                "security": [{"bearer": ["admin"]}, {"apiKey": ["admin"]}],
                "responses": {
                  "200": {"description": "What changed.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Takeover"}}}},
                  "422": {"$ref": "#/components/responses/Problem"},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/config/check": {
              "post": {
                "tags": ["operations"], "operationId": "checkRoutes", "summary": "What another routes.json would change. Nothing is taken over.",
                "security": [{"bearer": ["admin"]}, {"apiKey": ["admin"]}],
                "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object"}}}},
                "responses": {
                  "200": {"description": "What would change.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Takeover"}}}},
                  "422": {"$ref": "#/components/responses/Problem"},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/log": {
              "get": {
                "tags": ["operations"], "operationId": "auditLog", "summary": "The audit log of all tenants, newest first.",
                "security": [{"bearer": ["admin"]}, {"apiKey": ["admin"]}],
                "description": "Administrative acts, failed sign-ins (those of one address and kind within a minute are one entry), and reads of vendors' data. Needs the scope admin.",
                "parameters": [
                  {"name": "category", "in": "query", "schema": {"type": "array", "items": {"enum": ["administration", "sign_in", "vendor_read", "vendor_write"]}}, "explode": true},
                  {"name": "action", "in": "query", "schema": {"type": "string"}, "example": "deliveries: discard"},
                  {"name": "actor", "in": "query", "schema": {"type": "string"}, "description": "A client, or the operating system's user for the command line."},
                  {"name": "tenant", "in": "query", "schema": {"type": "string"}},
                  {"$ref": "#/components/parameters/from"}, {"$ref": "#/components/parameters/until"},
                  {"$ref": "#/components/parameters/limit"}, {"$ref": "#/components/parameters/cursor"}
                ],
                "responses": {
                  "200": {"description": "A page.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AuditPage"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/healthz": {
              "get": {
                "tags": ["operations"], "operationId": "health", "summary": "Whether the process lives.", "security": [],
                "responses": {"200": {"description": "It does.", "content": {"application/json": {"schema":
                  {"type": "object", "required": ["status"], "properties": {"status": {"const": "alive"}}}}}}}
              }
            },
            "/readyz": {
              "get": {
                "tags": ["operations"], "operationId": "readiness", "summary": "Whether the gateway is ready; with a key also which part is not.",
                "description": "Without a key only the status is told. A client sees the parts that all share, and the providers whose state it may read.",
                "security": [{}, {"bearer": []}, {"apiKey": []}],
                "responses": {
                  "200": {"description": "All that is essential is ready.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Readiness"}}}},
                  "503": {"description": "It is not.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Readiness"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/metrics": {
              "get": {
                "tags": ["operations"], "operationId": "metrics", "summary": "Counts and times, for Prometheus. Open at an address for administration or with --open-metrics, else for the scope admin.",
                "security": [{}, {"bearer": ["admin"]}, {"apiKey": ["admin"]}],
                "responses": {
                  "200": {"description": "The text format.", "content": {"text/plain": {"schema": {"type": "string"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/openapi.json": {
              "get": {
                "tags": ["operations"], "operationId": "openAPI", "summary": "This document.", "security": [],
                "responses": {"200": {"description": "OpenAPI 3.1.", "content": {"application/json": {"schema": {"type": "object"}}}}}
              }
            }
        """#
}
