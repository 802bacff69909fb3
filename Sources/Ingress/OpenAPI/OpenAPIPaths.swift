import Access

/// The paths of ``OpenAPIDocument``, as members of a JSON object.
enum OpenAPIPaths {
    static let events = #"""
            "/v1/events": {
              "post": {
                "tags": ["events"], "operationId": "writeEvents", "summary": "Accept events.",
                "security": [{"bearer": ["events:write"]}, {"apiKey": ["events:write"]}],
                "description": "One event, {\"events\": [...]}, an array, one event per line, or CloudEvents 1.0 (structured, batch, and binary by ce- header fields). All or nothing, unless partial is true. A 2xx means that every accepted event is on disk. A known id with the same content is a duplicate, with different content a conflict.",
                "parameters": [
                  {"name": "partial", "in": "query", "schema": {"enum": ["true", "false", ""], "default": "false"},
                   "description": "Accept the valid events of a batch with invalid ones; an empty value means true."},
                  {"name": "not_to", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}, "explode": true,
                   "description": "Providers or adapters to which no event may be sent; one that its route would send there is refused with the code forbidden. For imports from a vendor."},
                  {"name": "route", "in": "query", "schema": {"type": "string", "minLength": 1},
                   "description": "The route by which all events must go; one that would go by another is refused with the code forbidden. For imports."},
                  {"name": "Prefer", "in": "header", "schema": {"type": "string"}, "example": "wait=5",
                   "description": "wait=N waits up to N seconds for the primary destinations (RFC 7240). Ignored, without Preference-Applied, while the client waits for its share of 50,000 events already: half of what other clients leave of them."}
                ],
                "requestBody": {
                  "required": true,
                  "content": {
                    "application/json": {"schema": {"oneOf": [
                      {"$ref": "#/components/schemas/Event"},
                      {"type": "object", "required": ["events"], "additionalProperties": false,
                       "properties": {"events": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Event"}}}},
                      {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Event"}}]}},
                    "application/x-ndjson": {"schema": {"type": "string", "description": "One event per line."}},
                    "application/cloudevents+json": {"schema": {"$ref": "#/components/schemas/CloudEvent"}},
                    "application/cloudevents-batch+json": {"schema":
                      {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/CloudEvent"}}}
                  }
                },
                "responses": {
                  "200": {"description": "On disk, and settled at all primary destinations.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/WriteResult"}}}},
                  "202": {"description": "On disk.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/WriteResult"}}}},
                  "207": {"description": "The valid events are on disk.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/WriteResult"}}}},
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
                  {"$ref": "#/components/parameters/source"}, {"$ref": "#/components/parameters/client"}, {"$ref": "#/components/parameters/from"},
                  {"$ref": "#/components/parameters/until"}, {"$ref": "#/components/parameters/accepted_from"},
                  {"$ref": "#/components/parameters/accepted_until"}, {"$ref": "#/components/parameters/delivery_status"},
                  {"$ref": "#/components/parameters/delivery_provider"}, {"$ref": "#/components/parameters/order"},
                  {"$ref": "#/components/parameters/limit"}, {"$ref": "#/components/parameters/cursor"},
                  {"$ref": "#/components/parameters/provider"}
                ],
                "responses": {
                  "200": {"description": "A page; as CSV everything that the filter selects.", "content": {"application/json": {"schema": {"oneOf": [
                    {"$ref": "#/components/schemas/EventPage"}, {"$ref": "#/components/schemas/VendorEventPage"}]}}, "text/csv": {"schema": {"type": "string"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "501": {"$ref": "#/components/responses/Problem"},
                  "5XX": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/api/v1/events": {
              "post": {
                "tags": ["events"], "operationId": "writeEventsOfOpenMeter", "summary": "Accept CloudEvents where OpenMeter's clients send them.",
                "security": [{"bearer": ["events:write"]}, {"apiKey": ["events:write"]}],
                "description": "CloudEvents 1.0 (structured, batch, and binary by ce- header fields), as at /v1/events; parameters of the query beside partial, not_to and route are ignored. Requests that are no CloudEvents are for Lago's facade, if it is served at this path.",
                "parameters": [
                  {"name": "partial", "in": "query", "schema": {"enum": ["true", "false", ""], "default": "false"},
                   "description": "Accept the valid events of a batch with invalid ones; an empty value means true."},
                  {"name": "not_to", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}, "explode": true,
                   "description": "Providers or adapters to which no event may be sent; one that its route would send there is refused with the code forbidden. For imports from a vendor."},
                  {"name": "route", "in": "query", "schema": {"type": "string", "minLength": 1},
                   "description": "The route by which all events must go; one that would go by another is refused with the code forbidden. For imports."}
                ],
                "requestBody": {
                  "required": true,
                  "content": {
                    "application/cloudevents+json": {"schema": {"$ref": "#/components/schemas/CloudEvent"}},
                    "application/cloudevents-batch+json": {"schema":
                      {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/CloudEvent"}}}
                  }
                },
                "responses": {
                  "204": {"description": "All events are on disk."},
                  "207": {"description": "The valid events are on disk.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/WriteResult"}}}},
                  "4XX": {
                    "description": "The request or its events are refused; of a request that is no CloudEvents, as Lago does it.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}, "application/json": {}}},
                  "503": {
                    "description": "Nothing was stored; to a request that is no CloudEvents, as Lago says it.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}, "application/json": {}}}
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
                  {"$ref": "#/components/parameters/source"}, {"$ref": "#/components/parameters/client"}, {"$ref": "#/components/parameters/from"},
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
            "/v1/events/known": {
              "post": {
                "tags": ["events"], "operationId": "findKnownEvents", "summary": "Which events the journal has already, by their identity elsewhere.",
                "security": [{"bearer": ["events:write"]}, {"apiKey": ["events:write"]}],
                "description": "An event is known if the ID is equal and nothing else that is given differs: as it was sent to the vendor sent_to, or as it was accepted. Timestamps are compared by the second. Imports leave such events out, which would be accepted under another ID.",
                "requestBody": {"required": true, "content": {"application/json": {"schema": {
                  "type": "object", "required": ["events"], "additionalProperties": false,
                  "properties": {
                    "sent_to": {"type": "string", "minLength": 1, "description": "The adapter of the vendor that knows the events so; without it, the application does.", "example": "lago"},
                    "events": {"type": "array", "maxItems": 1000, "items": {
                      "type": "object", "required": ["id"], "additionalProperties": false,
                      "properties": {
                        "id": {"type": "string", "minLength": 1}, "customer_id": {"type": "string", "minLength": 1},
                        "subscription_id": {"type": "string", "minLength": 1}, "source": {"type": "string", "minLength": 1},
                        "timestamp": {"type": "string", "format": "date-time"}}}}}}}}},
                "responses": {
                  "200": {"description": "The known ones.", "content": {"application/json": {"schema": {
                    "type": "object", "required": ["known", "removed_through"],
                    "properties": {
                      "known": {"type": "array", "items": {
                        "type": "object", "required": ["index", "id", "scope"],
                        "properties": {
                          "index": {"type": "integer", "description": "In the request."}, "id": {"type": "string", "description": "Of the event in the journal."},
                          "scope": {"type": ["string", "null"], "description": "What else tells the ID from the same ID of another event in the journal, such as the subscription of events that were sent as to Lago; null if nothing does."}}}},
                      "removed_through": {"type": ["string", "null"], "format": "date-time", "description": "The journal has the events that were accepted after this time; null if none was removed."}}}}}},
                  "400": {"$ref": "#/components/responses/Problem"},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "5XX": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/usage": {
              "get": {
                "tags": ["events"], "operationId": "showUsage", "summary": "What events come to, by customer and part of time.",
                "security": [{"bearer": ["events:read"]}, {"apiKey": ["events:read"]}],
                "description": "Computed from the journal by the events' own time, exactly: amounts are decimal numbers as text. Values of the property that are numbers, or text that is one, count.",
                "parameters": [
                  {"name": "name", "in": "query", "required": true, "schema": {"type": "string", "minLength": 1}, "description": "The name of the events."},
                  {"name": "aggregate", "in": "query", "required": true, "schema": {"enum": ["count", "sum", "max", "unique", "latest"]}},
                  {"name": "property", "in": "query", "schema": {"type": "string", "minLength": 1}, "description": "Required unless events are counted."},
                  {"$ref": "#/components/parameters/customer_id"},
                  {"$ref": "#/components/parameters/from"}, {"$ref": "#/components/parameters/until"},
                  {"name": "window", "in": "query", "schema": {"enum": ["hour", "day", "month"]}, "description": "Divides the time into these parts, in UTC; without it there is one. Without from, the month that ends at until, or that until falls into; without until, until now."}
                ],
                "responses": {
                  "200": {"description": "By customer, then by time; at most 10,000 rows.", "content": {"application/json": {"schema": {
                    "type": "object", "required": ["name", "aggregate", "property", "from", "until", "window", "complete", "ignored_events", "usage"],
                    "properties": {
                      "name": {"type": "string"}, "aggregate": {"type": "string"}, "property": {"type": ["string", "null"]},
                      "from": {"type": "string"}, "until": {"type": "string"}, "window": {"type": ["string", "null"]},
                      "complete": {"type": "boolean", "description": "False if a part of the journal could not be read."},
                      "ignored_events": {"type": "integer", "description": "Events whose property is not there, or is no number."},
                      "usage": {"type": "array", "items": {
                        "type": "object", "required": ["customer_id", "from", "until", "units", "events"],
                        "properties": {
                          "customer_id": {"type": ["string", "null"]}, "from": {"type": "string"}, "until": {"type": "string"},
                          "units": {"type": "string", "description": "A decimal number."}, "events": {"type": "integer"}}}}}}}}},
                  "422": {"$ref": "#/components/responses/Problem"},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "5XX": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/usage/metrics": {
              "get": {
                "tags": ["events"], "operationId": "proposeMetrics", "summary": "What vendors bill by, and which of their metrics are the same.",
                "security": [{"bearer": ["events:read"]}, {"apiKey": ["events:read"]}],
                "description": "Reads the catalogues of the vendors. Metrics of one event name are proposed as a pair, as the first provider computes them.",
                "parameters": [
                  {"name": "provider", "in": "query", "required": true, "style": "form", "explode": false, "schema": {"type": "array", "minItems": 2, "maxItems": 8, "items": {"type": "string"}}, "description": "Two providers or more, separated by commas."}
                ],
                "responses": {
                  "200": {"description": "The proposal.", "content": {"application/json": {"schema": {
                    "type": "object", "required": ["pairs", "singles", "metrics"],
                    "properties": {
                      "pairs": {"type": "array", "items": {
                        "type": "object", "required": ["name", "aggregate", "property", "ids", "differences"],
                        "properties": {
                          "name": {"type": "string"}, "aggregate": {"type": ["string", "null"], "description": "Null if the gateway cannot compute it."},
                          "property": {"type": ["string", "null"]},
                          "ids": {"type": "object", "additionalProperties": {"type": "string"}, "description": "By provider."},
                          "differences": {"type": "array", "items": {"type": "string"}}}}},
                      "singles": {"type": "array", "description": "Metrics for which another provider has none.", "items": {
                        "type": "object", "required": ["provider", "id", "name", "event_name", "aggregate", "property", "filter"],
                        "properties": {
                          "provider": {"type": "string"}, "id": {"type": "string"}, "name": {"type": "string"},
                          "event_name": {"type": ["string", "null"]}, "aggregate": {"type": "string", "description": "As the vendor calls it."},
                          "property": {"type": ["string", "null"]}, "filter": {"type": ["string", "null"]}}}},
                      "metrics": {"anyOf": [{"$ref": "#/components/schemas/UsageMetrics"}, {"type": "null"}], "description": "The pairs as a comparison takes them."}}}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "5XX": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/events/estimate": {
              "post": {
                "tags": ["events"], "operationId": "estimate", "summary": "Estimate the cost of an event, at a vendor that offers this.",
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
                "description": "Server-sent events: accepted (an event, with an id for Last-Event-ID), settled (an event's id and a delivery), missed (the number of settlements that a slow reader missed).",
                "parameters": [
                  {"$ref": "#/components/parameters/id"}, {"$ref": "#/components/parameters/name"},
                  {"$ref": "#/components/parameters/customer_id"}, {"$ref": "#/components/parameters/subscription_id"},
                  {"$ref": "#/components/parameters/source"}, {"$ref": "#/components/parameters/client"}, {"$ref": "#/components/parameters/from"},
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
            "/v1/events/{id}": {\#(event("readEvent", "Use /v1/events/id/{id} for ids that may be the name of an endpoint, such as names."))},
            "/v1/events/id/{id}": {\#(event("readEventByAnyID", "Takes every id, also one that is the name of an endpoint, such as names."))},
        \#(OpenAPICorrections.paths)
        """#

    /// `GET` of one event, by one of its two paths.
    private static func event(_ operation: String, _ use: String) -> String {
        #"""
        "get": {
                "tags": ["events"], "operationId": "\#(operation)", "summary": "An event with its deliveries and attempts.",
                "security": [{"bearer": ["events:read"]}, {"apiKey": ["events:read"]}],
                "description": "If several events have this id (some vendors' ids are unique only within a customer or source), the others are in same_id. With provider, the vendor is asked. \#(use)",
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
        """#
    }

    static let deliveries = #"""
            "/v1/deliveries": {
              "get": {
                "tags": ["deliveries"], "operationId": "listDeliveries",
                "security": [{"bearer": ["events:read"]}, {"apiKey": ["events:read"]}],
                "summary": "Deliveries that are retrying, rejected, uncertain and so on, in journal order.",
                "description": "Pending deliveries are listed for providers removed from routes.json, and with the status pending for all providers.",
                "parameters": [
                  {"name": "provider", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}, "explode": true},
                  {"name": "status", "in": "query", "schema": {"type": "array", "items": {"$ref": "#/components/schemas/DeliveryStatus"}}, "explode": true},
                  {"name": "event_id", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}, "explode": true},
                  {"$ref": "#/components/parameters/name"},
                  {"$ref": "#/components/parameters/customer_id"},
                  {"name": "duplicate_at_vendor", "in": "query", "schema": {"type": "boolean"},
                    "description": "Only deliveries that the vendor already had at the first attempt, including those that succeeded at once."},
                  {"name": "error_code", "in": "query", "schema": {"type": "array", "items": {"$ref": "#/components/schemas/ErrorCode"}}, "explode": true},
                  {"$ref": "#/components/parameters/accepted_from"}, {"$ref": "#/components/parameters/accepted_until"},
                  {"$ref": "#/components/parameters/limit"}, {"$ref": "#/components/parameters/cursor"}
                ],
                "responses": {
                  "200": {"description": "A page; as CSV everything that the filter selects.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DeliveryPage"}}, "text/csv": {"schema": {"type": "string"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/deliveries/retry": {
              "post": {
                "tags": ["deliveries"], "operationId": "retryDeliveries", "summary": "Retry deliveries now.",
                "security": [{"bearer": ["deliveries:manage"]}, {"apiKey": ["deliveries:manage"]}],
                "description": "Without a status in the filter, rejected and retrying deliveries. Uncertain deliveries may have arrived, and a vendor that does not deduplicate would bill them twice: they are retried only with the status uncertain. A delivery of which certainly nothing has reached the vendor (it could not be translated, for example) is sent with the settings of today's routes, under the same identity; every other delivery keeps the settings it was accepted with. Refused with 409: billed-twice if an event is of before its customer's move to a vendor that bills by receipt, and the other vendor may have it; too-many-deliveries if too many would have to be checked for that.",
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
                "tags": ["deliveries"], "operationId": "discardDeliveries", "summary": "Discard deliveries.",
                "security": [{"bearer": ["deliveries:manage"]}, {"apiKey": ["deliveries:manage"]}],
                "description": "Rejected, retrying and uncertain deliveries, and pending ones of providers removed from routes.json.",
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
                "tags": ["deliveries"], "operationId": "listActions", "summary": "Retries and discards, newest first.",
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
                  "200": {"description": "All providers, and removed ones with pending deliveries. Without the scope admin, only those not shared with other tenants.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Providers"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/client": {
              "get": {
                "tags": ["operations"], "operationId": "showClient", "summary": "The client that the key belongs to.",
                "responses": {
                  "200": {"description": "Its tenant, scopes and limits, and the id of the journal.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Client"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/providers/{name}/shadow": {
              "get": {
                "tags": ["operations"], "operationId": "showShadow", "summary": "What shadow deliveries to a provider showed.",
                "security": [{"bearer": ["deliveries:manage"]}, {"apiKey": ["deliveries:manage"]}],
                "description": "Since the counts began. translated: could be sent. untranslatable: could not, by field. different: would say something else in this field than what the primary got at the same vendor; an event counts for each field that differs.",
                "parameters": [{"name": "name", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}}],
                "responses": {
                  "200": {"description": "Most events first.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Shadow"}}}},
                  "404": {"$ref": "#/components/responses/Problem"},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/providers/{name}/hold": {
              "post": {
                "tags": ["operations"], "operationId": "holdProvider", "summary": "Pause deliveries to a provider.",
                "security": [{"bearer": ["admin"]}, {"apiKey": ["admin"]}],
                "description": "Events are still accepted and queued. The hold survives a restart; a later hold replaces it. Requires the scope admin.",
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
                "tags": ["operations"], "operationId": "resumeProvider", "summary": "Resume deliveries to a provider.",
                "security": [{"bearer": ["admin"]}, {"apiKey": ["admin"]}],
                "description": "Ends a hold, a wait requested by the vendor, and the pause before the next probe; retries become due now. Requires the scope admin.",
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
                "tags": ["operations"], "operationId": "reloadRoutes", "summary": "Reload routes.json atomically.",
                "security": [{"bearer": ["admin"]}, {"apiKey": ["admin"]}],
                "responses": {
                  "200": {"description": "What changed.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ReloadResult"}}}},
                  "422": {"$ref": "#/components/responses/Problem"},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/config/check": {
              "post": {
                "tags": ["operations"], "operationId": "checkRoutes", "summary": "What another routes.json would change. Nothing is reloaded.",
                "security": [{"bearer": ["admin"]}, {"apiKey": ["admin"]}],
                "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object"}}}},
                "responses": {
                  "200": {"description": "What would change.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ReloadResult"}}}},
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
                "description": "Administrative actions, sessions, failed sign-ins and administrative actions refused for a missing scope (both one entry per source and kind within a minute), and reads of vendors' data. Entries are kept for --audit-retention, and of each category at most the newest 100,000. Requires the scope admin.",
                "parameters": [
                  {"name": "category", "in": "query", "schema": {"type": "array", "items": {"enum": ["administration", "sign_in", "refused", "session", "vendor_read", "vendor_write"]}}, "explode": true},
                  {"name": "action", "in": "query", "schema": {"type": "string"}, "example": "deliveries: discard"},
                  {"name": "actor", "in": "query", "schema": {"type": "string"}, "description": "A client, or the operating system user of the command line."},
                  {"name": "tenant", "in": "query", "schema": {"type": "string"}},
                  {"name": "request_id", "in": "query", "schema": {"type": "string"}, "description": "The ID of a request, from X-Request-Id of its answer or from the access log. Entries of several refusals have that of the first."},
                  {"$ref": "#/components/parameters/from"}, {"$ref": "#/components/parameters/until"},
                  {"$ref": "#/components/parameters/limit"}, {"$ref": "#/components/parameters/cursor"}
                ],
                "responses": {
                  "200": {"description": "A page; as CSV everything that the filter selects.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AuditPage"}}, "text/csv": {"schema": {"type": "string"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/healthz": {
              "get": {
                "tags": ["operations"], "operationId": "health", "summary": "Whether the process is alive, and its version.", "security": [],
                "responses": {"200": {"description": "It is.", "content": {"application/json": {"schema":
                  {"type": "object", "required": ["status", "version", "commit", "build"], "properties": {
                    "status": {"const": "alive"}, "version": {"type": "string", "example": "0.1.0"},
                    "commit": {"type": "string", "description": "12 hexadecimal digits, followed by +changes if files differed from the commit, or unknown."},
                    "build": {"type": "string", "description": "The packager's number of the build, or local."}}}}}}}
              }
            },
            "/readyz": {
              "get": {
                "tags": ["operations"], "operationId": "readiness", "summary": "Whether the gateway is ready; with a key, also which part is not.",
                "description": "Without a key, only the status, at most one second old. A client sees the shared parts and the providers it may read.",
                "security": [{}, {"bearer": []}, {"apiKey": []}],
                "responses": {
                  "200": {"description": "Ready.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Readiness"}}}},
                  "503": {"description": "It is not.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Readiness"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/metrics": {
              "get": {
                "tags": ["operations"], "operationId": "metrics", "summary": "Metrics for Prometheus. Public at an administration address or with --open-metrics; otherwise requires the scope admin.",
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
