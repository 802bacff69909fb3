/// What ``OpenAPIDocument`` says of statistics, groups, previews and the configuration.
enum OpenAPIReports {
    static let paths = #"""
            "/v1/events/preview": {
              "post": {
                "tags": ["events"], "operationId": "previewEvent", "summary": "What would happen to an event. Nothing is stored or sent.",
                "security": [{"bearer": ["events:read"]}, {"apiKey": ["events:read"]}],
                "description": "The event as it would be accepted, its route, and for each destination the request that the vendor would get if the event is alone in it, without the credential, Host and Content-Length. An untranslatable event would become a dead letter there: error has the field and how to fix it. For an account that several tenants share, url is the path and headers has Content-Type only, unless the client has the scope admin.",
                "parameters": [{"name": "client", "in": "query", "schema": {"type": "string"}, "description": "Preview as this client; requires the scope admin."}],
                "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Event"}}}},
                "responses": {
                  "200": {"description": "The preview.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Preview"}}}},
                  "422": {"$ref": "#/components/responses/Problem"},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/deliveries/groups": {
              "get": {
                "tags": ["deliveries"], "operationId": "groupDeliveries", "summary": "Numbers of deliveries with the same provider, status, error code and event name.",
                "security": [{"bearer": ["events:read"]}, {"apiKey": ["events:read"]}],
                "description": "Of the deliveries that GET /v1/deliveries lists, largest group first. They are counted for at most 10 seconds: then counted_until says how far, and next_cursor continues there.",
                "parameters": [
                  {"name": "provider", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}, "explode": true},
                  {"name": "status", "in": "query", "schema": {"type": "array", "items": {"$ref": "#/components/schemas/DeliveryStatus"}}, "explode": true},
                  {"name": "event_id", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}, "explode": true},
                  {"$ref": "#/components/parameters/name"},
                  {"$ref": "#/components/parameters/customer_id"},
                  {"name": "duplicate_at_vendor", "in": "query", "schema": {"type": "boolean"}},
                  {"name": "error_code", "in": "query", "schema": {"type": "array", "items": {"$ref": "#/components/schemas/ErrorCode"}}, "explode": true},
                  {"$ref": "#/components/parameters/accepted_from"}, {"$ref": "#/components/parameters/accepted_until"},
                  {"$ref": "#/components/parameters/cursor"}
                ],
                "responses": {
                  "200": {"description": "The groups.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DeliveryGroups"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/stats": {
              "get": {
                "tags": ["operations"], "operationId": "showStatistics", "summary": "Figures of the recent past, by provider and in total.",
                "security": [{"bearer": ["deliveries:manage"]}, {"apiKey": ["deliveries:manage"]}],
                "description": "Steps of 1s for 5m, of 10s for 2h, of 1m for 48h, in memory since the start of the process. Where several gateways share a journal, the figures of all are added up and kept in the database: steps of 10s and 1m, shown 12 seconds after their end. Only finished steps. Without the scope admin, a client of one of several tenants gets no total, and only the providers not shared with other tenants. Deliveries of backfills are not counted; their latencies are.",
                "parameters": [
                  {"name": "window", "in": "query", "schema": {"type": "string", "pattern": "^[1-9][0-9]{0,6}(ms|s|m|h|d)$", "default": "1h"}, "description": "How far back, at most 48h."},
                  {"name": "step", "in": "query", "schema": {"enum": ["1s", "10s", "1m"]}, "description": "The shortest step that reaches so far by default."}
                ],
                "responses": {
                  "200": {"description": "The figures.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Statistics"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/providers/{name}/backlog": {
              "get": {
                "tags": ["operations"], "operationId": "showBacklog", "summary": "What waits for a provider, by age.",
                "security": [{"bearer": ["deliveries:manage"]}, {"apiKey": ["deliveries:manage"]}],
                "description": "Pending and retrying deliveries, without those of backfills, by the time since their events were accepted. Only the newest part of an enormous backlog is looked at. Without the scope admin, only providers not shared with other tenants.",
                "parameters": [{"name": "name", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}}],
                "responses": {
                  "200": {"description": "The ages.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BacklogAges"}}}},
                  "404": {"$ref": "#/components/responses/Problem"},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/clients": {
              "get": {
                "tags": ["operations"], "operationId": "listClients", "summary": "All clients: permissions, limits and use of them, and how often they were refused.",
                "security": [{"bearer": ["admin"]}, {"apiKey": ["admin"]}],
                "description": "Refusals are counted by this gateway since its start; use is that of this gateway now.",
                "responses": {
                  "200": {"description": "The clients, as routes.json has them.", "content": {"application/json": {"schema": {
                    "type": "object", "required": ["clients"],
                    "properties": {"clients": {"type": "array", "items": {"$ref": "#/components/schemas/ClientFigures"}}}}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/keys": {
              "get": {
                "tags": ["operations"], "operationId": "listKeys", "summary": "The keys of all clients, without the keys themselves.",
                "security": [{"bearer": ["admin"]}, {"apiKey": ["admin"]}],
                "description": "Those of routes.json and those that commands and the dashboard created. The last use is noted within seconds, to the day.",
                "responses": {
                  "200": {"description": "The keys, by client.", "content": {"application/json": {"schema": {
                    "type": "object", "required": ["keys"],
                    "properties": {"keys": {"type": "array", "items": {"$ref": "#/components/schemas/ClientKey"}}}}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/config": {
              "get": {
                "tags": ["operations"], "operationId": "showConfiguration", "summary": "The configuration in effect, without secrets.",
                "security": [{"bearer": ["admin"]}, {"apiKey": ["admin"]}],
                "description": "What routes.json says, with the defaults filled in, and what operators have set beside it (overrides). Requires the scope admin.",
                "responses": {
                  "200": {"description": "The configuration.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Configuration"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            }
        """#

    static let schemas = #"""
              "ClientFigures": {
                "type": "object", "required": ["name", "tenant", "scopes", "limits", "use", "refused"],
                "properties": {
                  "name": {"type": "string"}, "tenant": {"type": "string"}, "scopes": {"type": "array", "items": {"type": "string"}},
                  "limits": {"type": "object", "description": "Without a member there is no such limit.", "properties": {
                    "requests": {"$ref": "#/components/schemas/ClientLimit"}, "events": {"$ref": "#/components/schemas/ClientLimit"}}},
                  "use": {"type": "object", "required": ["requests_percent", "events_percent", "reads", "streams"], "properties": {
                    "requests_percent": {"type": ["integer", "null"], "description": "How much of what the limit allows at once is taken now; null without a limit, and where several gateways keep it together."},
                    "events_percent": {"type": ["integer", "null"]}, "reads": {"$ref": "#/components/schemas/HeldPlaces"}, "streams": {"$ref": "#/components/schemas/HeldPlaces"}}},
                  "refused": {"type": "object", "required": ["rate_limited", "forbidden"], "properties": {
                    "rate_limited": {"type": "integer"}, "forbidden": {"type": "integer"}}}}
              },
              "HeldPlaces": {
                "type": "object", "required": ["open", "limit"], "properties": {"open": {"type": "integer"}, "limit": {"type": "integer"}}
              },
              "ClientLimit": {
                "type": "object", "required": ["count", "per_ms"], "properties": {"count": {"type": "integer"}, "per_ms": {"type": "integer"}}
              },
              "ClientKey": {
                "type": "object", "required": ["id", "client", "from", "created", "starts", "ends", "revoked", "state", "last_used"],
                "properties": {
                  "id": {"type": "string"}, "client": {"type": "string"}, "from": {"enum": ["generated", "imported", "routes.json"]},
                  "created": {"type": ["string", "null"]}, "starts": {"type": ["string", "null"]}, "ends": {"type": ["string", "null"]},
                  "revoked": {"type": ["string", "null"]}, "state": {"enum": ["usable", "early", "expired", "revoked", "no such client"]},
                  "last_used": {"type": ["string", "null"], "format": "date", "description": "Day in UTC; null if no use in the last 400 days is known."}}
              },
              "Preview": {
                "type": "object", "required": ["event", "client", "route", "of_record", "destinations"],
                "properties": {
                  "event": {"$ref": "#/components/schemas/Event"}, "client": {"type": "string"}, "route": {"type": ["string", "null"]},
                  "of_record": {"type": ["object", "null"], "required": ["migration", "provider"],
                    "description": "Of a migration's two providers, the one whose bill the event is on; null without a migration.",
                    "properties": {"migration": {"type": "string"}, "provider": {"type": "string"}}},
                  "destinations": {"type": "array", "items": {
                    "type": "object", "required": ["provider", "adapter", "mode", "not_before", "status"],
                    "properties": {
                      "provider": {"type": "string"}, "adapter": {"type": "string"}, "mode": {"enum": ["primary", "mirror", "shadow"]},
                      "not_before": {"type": ["string", "null"], "format": "date-time", "description": "The event waits until then."},
                      "status": {"enum": ["translatable", "untranslatable", "not_configured"]},
                      "request": {
                        "type": "object", "required": ["method", "url", "headers", "body"],
                        "properties": {
                          "method": {"type": "string"}, "url": {"type": "string"}, "body": {"type": "string"},
                          "headers": {"type": "array", "items": {
                            "type": "object", "required": ["name", "value"],
                            "properties": {"name": {"type": "string"}, "value": {"type": "string"}}}}}},
                      "error": {
                        "type": "object", "required": ["code", "field", "message"],
                        "properties": {"code": {"$ref": "#/components/schemas/ErrorCode"}, "field": {"type": "string"}, "message": {"type": "string"}}}}}}
                }
              },
              "DeliveryGroups": {
                "type": "object", "required": ["groups", "other", "total", "counted_until", "next_cursor"],
                "properties": {
                  "groups": {"type": "array", "maxItems": 1000, "items": {
                    "type": "object",
                    "required": ["provider", "status", "error_code", "name", "count", "first_accepted_at", "last_accepted_at", "example"],
                    "properties": {
                      "provider": {"type": "string"}, "status": {"$ref": "#/components/schemas/DeliveryStatus"},
                      "error_code": {"oneOf": [{"$ref": "#/components/schemas/ErrorCode"}, {"type": "null"}]}, "name": {"type": "string"},
                      "count": {"type": "integer"}, "first_accepted_at": {"type": "string", "format": "date-time"},
                      "last_accepted_at": {"type": "string", "format": "date-time"},
                      "example": {
                        "type": "object", "required": ["event_id", "message", "vendor"],
                        "properties": {"event_id": {"type": "string"}, "message": {"type": ["string", "null"]}, "vendor": {"type": ["string", "null"]}}}}}},
                  "other": {"type": "integer", "description": "Deliveries of further groups."},
                  "total": {"type": "integer", "description": "All deliveries that were counted."},
                  "counted_until": {"type": ["string", "null"], "format": "date-time", "description": "When the last counted event was accepted, if the count is not finished."},
                  "next_cursor": {"type": ["string", "null"]}
                }
              },
              "BacklogAges": {
                "type": "object", "required": ["provider", "events", "ages", "events_not_looked_at"],
                "properties": {
                  "provider": {"type": "string"}, "events": {"type": "integer", "description": "All that waits."},
                  "ages": {"type": "array", "description": "Ascending. Events are not in an earlier class; ages are known to those of events that were stored together.", "items": {
                    "type": "object", "required": ["up_to_seconds", "events"],
                    "properties": {"up_to_seconds": {"type": ["integer", "null"], "description": "60, 600, 3600, 86400; null for older ones."}, "events": {"type": "integer"}}}},
                  "events_not_looked_at": {"type": "integer", "description": "Of an enormous backlog: older than those of their kind that were looked at, be they pending or retrying."}
                }
              },
              "Figures": {"type": "array", "items": {"type": ["integer", "null"]}, "description": "One per step, oldest first; null if not known."},
              "StatisticsSeries": {
                "type": "object",
                "required": ["accepted", "delivered", "retried", "rejected", "uncertain", "backlog", "oldest_age_ms", "latency_us_p50", "latency_us_p99"],
                "properties": {
                  "name": {"type": "string", "description": "The provider; absent in total."},
                  "accepted": {"$ref": "#/components/schemas/Figures"}, "delivered": {"$ref": "#/components/schemas/Figures"},
                  "retried": {"$ref": "#/components/schemas/Figures"}, "rejected": {"$ref": "#/components/schemas/Figures"},
                  "uncertain": {"$ref": "#/components/schemas/Figures"}, "backlog": {"$ref": "#/components/schemas/Figures"},
                  "oldest_age_ms": {"$ref": "#/components/schemas/Figures"},
                  "latency_us_p50": {"$ref": "#/components/schemas/Figures"}, "latency_us_p99": {"$ref": "#/components/schemas/Figures"},
                  "requests_live": {"$ref": "#/components/schemas/Figures", "description": "Requests with live deliveries, as the vendor's rate limit counts them; like the next three absent in total."},
                  "requests_backfills": {"$ref": "#/components/schemas/Figures", "description": "Requests of backfills."},
                  "requests_reads": {"$ref": "#/components/schemas/Figures", "description": "Reads for clients, comparisons and checks, and passed calls."},
                  "rate_limit": {"type": ["object", "null"], "description": "What the three share; null if no limit is known.", "required": ["requests", "per_ms"], "properties": {
                    "requests": {"type": "integer"}, "per_ms": {"type": "integer"}}},
                  "concurrency": {"$ref": "#/components/schemas/Figures", "description": "How many requests might be in flight at the end of the step; absent in total."},
                  "circuit": {"type": "array", "items": {"enum": ["closed", "probing", "open", "parked", "held", null]}, "description": "The state that kept calls away most within the step; absent in total."}
                }
              },
              "Statistics": {
                "type": "object", "required": ["since", "from", "step_seconds", "total", "providers", "providers_omitted", "gateways"],
                "properties": {
                  "since": {"type": "string", "format": "date-time", "description": "Since when figures are kept: the start of the process, or, where several gateways share a journal, the oldest step that is kept."},
                  "from": {"type": "string", "format": "date-time", "description": "When the first step begins."},
                  "step_seconds": {"enum": [1, 10, 60]},
                  "total": {"oneOf": [{"$ref": "#/components/schemas/StatisticsSeries"}, {"type": "null"}], "description": "Its accepted counts events, its latency is that of accepting them; a provider's accepted counts events with a delivery to it."},
                  "providers": {"type": "array", "items": {"$ref": "#/components/schemas/StatisticsSeries"}},
                  "providers_omitted": {"type": "integer", "description": "Providers beyond the 256 that have figures."},
                  "gateways": {"type": ["array", "null"], "description": "The gateways whose figures are added up; null if this one is alone. A silent one has not reported for 45 seconds, and is left out after ten minutes.", "items": {
                    "type": "object", "required": ["name", "last_report", "silent"],
                    "properties": {"name": {"type": "string"}, "last_report": {"type": "string", "format": "date-time"}, "silent": {"type": "boolean"}}}}
                }
              },
              "Configuration": {
                "type": "object", "required": ["file", "sha256", "version", "loaded_at", "providers", "routes", "migrations", "clients", "overrides"],
                "properties": {
                  "file": {"type": "string"}, "sha256": {"type": "string", "description": "Of the file's content."},
                  "version": {"type": "integer", "description": "Counts the contents loaded since the start, from 1 on."},
                  "loaded_at": {"type": "string", "format": "date-time"},
                  "providers": {"type": "array", "items": {"type": "object", "required": ["name", "adapter", "base_url", "credential"]}},
                  "routes": {"type": "array", "items": {"type": "object", "required": ["name", "match", "to"]}},
                  "migrations": {"type": "array", "items": {"type": "object", "required": ["name", "route", "from", "to", "boundary", "keep"]}},
                  "clients": {"type": "array", "items": {"type": "object", "required": ["name", "tenant", "scopes"]}},
                  "overrides": {"type": "array", "items": {
                    "type": "object", "required": ["type", "provider", "client", "at"],
                    "properties": {
                      "type": {"enum": ["hold", "paused_backfill", "migration"]}, "provider": {"type": "string"}, "client": {"type": "string"},
                      "at": {"type": "string", "format": "date-time"}, "until": {"type": "string", "format": "date-time"}, "backfill": {"type": "integer"},
                      "migration": {"type": "string"}, "delivery": {"enum": [null, "shadow", "mirror"]}, "share_percent": {"type": "number"}, "cut_at": {"type": ["string", "null"], "format": "date-time"},
                      "held": {"type": "boolean"}, "closed": {"type": "boolean"}, "entries": {"type": "integer", "description": "How much was ordered; client and at are of the newest order."}}}}
                }
              },
        """#
}
