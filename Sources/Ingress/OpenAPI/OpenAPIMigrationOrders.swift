/// What the OpenAPI document says of `/v1/migrations`.
enum OpenAPIMigrationOrders {
    private static let reading = #""security": [{"bearer": ["events:read"]}, {"apiKey": ["events:read"]}]"#
    private static let managing = #""security": [{"bearer": ["migrations:manage"]}, {"apiKey": ["migrations:manage"]}]"#
    private static let name =
        #""parameters": [{"name": "name", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}}]"#

    private static func response(_ description: String, _ schema: String) -> String {
        #"""
        {"description": "\#(description)", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/\#(schema)"}}}}
        """#
    }

    private static let problems = #"""
        "4XX": {"$ref": "#/components/responses/Problem"}, "503": {"$ref": "#/components/responses/Problem"}
        """#

    static let paths = #"""
                "/v1/migrations": {
                  "get": {
                    "tags": ["migrations"], "operationId": "listMigrations", "summary": "All migrations of routes.json with their stages and gates.", \#(reading),
                    "description": "Without the scope admin, those whose providers no other tenant uses.",
                    "responses": {"200": \#(response("The migrations.", "Migrations")), \#(problems)}
                  }
                },
                "/v1/migrations/{name}": {
                  "get": {
                    "tags": ["migrations"], "operationId": "showMigration", "summary": "A migration: its stage, what must hold to leave it, and what was ordered.", \#(reading), \#(name),
                    "responses": {"200": \#(response("The migration.", "Migration")), "404": {"$ref": "#/components/responses/Problem"}, \#(problems)}
                  }
                },
                "/v1/migrations/{name}/days": {
                  "get": {
                    "tags": ["migrations"], "operationId": "countMigrationDays", "summary": "What each provider of a migration got of the events of each day.", \#(reading), \#(name),
                    "description": "By the events' own time in UTC, newest day first, from the first order on, at most 31 days; all events of both providers. Counting reads the journal for a few seconds at most: what is missing then is counted by the next request. Days that are over are counted again after an hour.",
                    "responses": {"200": \#(response("The days.", "MigrationDays")), "404": {"$ref": "#/components/responses/Problem"}, \#(problems)}
                  }
                },
                "/v1/migrations/{name}/plans": {
                  "post": {
                    "tags": ["migrations"], "operationId": "planMigration", "summary": "What a migration would do to recorded traffic, and whether it can begin. Nothing is sent.", \#(managing),
                    "description": "A plan with the routes in force and the new provider getting all events. The vendors are asked for their metrics, customers and subscriptions, so the plan is made anew each time. 202 until it is finished: read it with GET /v1/plans/{id}.",
                    "parameters": [
                      {"name": "name", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}},
                      {"$ref": "#/components/parameters/from"}, {"$ref": "#/components/parameters/until"},
                      {"$ref": "#/components/parameters/accepted_from"}, {"$ref": "#/components/parameters/accepted_until"},
                      {"name": "sample", "in": "query", "schema": {"type": "string"}, "example": "10%", "description": "Percentage of the events that are translated; all are routed and counted. 100% by default."}
                    ],
                    "responses": {
                      "200": \#(response("Finished.", "RoutesPlan")), "202": \#(response("Waiting or running.", "RoutesPlan")),
                      "404": {"$ref": "#/components/responses/Problem"}, \#(problems)
                    }
                  }
                },
                "/v1/migrations/{name}/anchors": {
                  "get": {
                    "tags": ["migrations"], "operationId": "readAnchors", "summary": "When the customers' billing periods begin, as their subscriptions at the old provider tell it.", \#(managing),
                    "description": "A page of the vendor's list. 501 if the vendor does not list subscriptions.",
                    "parameters": [
                      {"name": "name", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}},
                      {"name": "cursor", "in": "query", "schema": {"type": "string"}, "description": "next_cursor of the page before."}
                    ],
                    "responses": {
                      "200": \#(response("A page.", "MigrationAnchors")), "404": {"$ref": "#/components/responses/Problem"},
                      "5XX": {"$ref": "#/components/responses/Problem"}, \#(problems)
                    }
                  }
                },
                "/v1/migrations/{name}/actions": {
                  "post": {
                    "tags": ["migrations"], "operationId": "orderMigration", "summary": "Order the next step of a migration, hold it, or return customers.", \#(managing), \#(name),
                    "description": "The order is kept in the journal and in the audit log, and followed by all gateways within a second. An order to ramp, cut or resume is refused while a gate is not green, unless despite names it; any order is refused if the routes or the log have changed since its plan was made.",
                    "requestBody": {"required": true, "content": {"application/json": {"schema": {
                      "type": "object", "required": ["action"], "additionalProperties": false,
                      "properties": {
                        "action": {"enum": ["start", "stage", "ramp", "cut", "hold", "resume", "return", "close"]},
                        "stage": {"enum": ["shadow", "mirror"], "description": "With start and stage: what the new provider gets."},
                        "share": {"type": "number", "exclusiveMinimum": 0, "maximum": 100, "description": "With ramp: percent of the customers that move, each at the start of his next billing period.", "example": 25},
                        "at": {"type": "string", "format": "date-time", "description": "With cut: all customers move at the first start of a billing period from this time on."},
                        "when": {"enum": ["now", "boundary"], "default": "now", "description": "With return: at once, or at the start of each customer's next billing period."},
                        "customer_ids": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 255}, "minItems": 1, "maxItems": 1000, "description": "With return: those that return; all if left out."},
                        "plan": {"type": ["string", "null"], "minLength": 1, "maxLength": 100, "description": "ID of the plan that the order rests on."},
                        "reason": {"type": ["string", "null"], "minLength": 1, "maxLength": 500},
                        "despite": {"type": "array", "items": {"$ref": "#/components/schemas/MigrationGateName"}, "description": "Gates that need not be green."},
                        "dry_run": {"type": "boolean", "default": false}
                      }}}}},
                    "responses": {
                      "200": \#(response("Carried out, or what it would do.", "MigrationOutcome")),
                      "404": {"$ref": "#/components/responses/Problem"}, "409": {"$ref": "#/components/responses/Problem"}, \#(problems)
                    }
                  }
                }
        """#

    static let schemas = #"""
              "MigrationGateName": {"enum": ["unexplained", "usage", "rejected", "uncertain", "backlog_age", "lost"]},
                  "MigrationEntry": {
                    "type": "object", "required": ["number", "effective_from", "action", "actor", "key_id", "plan", "reason", "despite"],
                    "properties": {
                      "number": {"type": "integer"}, "effective_from": {"type": "string", "format": "date-time", "description": "What was so up to this time stays."},
                      "action": {"enum": ["stage", "ramp", "cut", "hold", "resume", "return", "close"]},
                      "stage": {"enum": ["shadow", "mirror"]}, "share": {"type": "number"}, "at": {"type": "string", "format": "date-time"},
                      "when": {"enum": ["now", "boundary"]}, "customer_ids": {"type": "array", "items": {"type": "string"}},
                      "actor": {"type": "string", "description": "The client; gateway if a gate held the migration."}, "key_id": {"type": ["string", "null"]},
                      "plan": {"type": ["string", "null"]}, "reason": {"type": ["string", "null"]},
                      "despite": {"type": "array", "items": {"$ref": "#/components/schemas/MigrationGateName"}}
                    }
                  },
                  "Migrations": {
                    "type": "object", "required": ["migrations"],
                    "properties": {"migrations": {"type": "array", "items": {"$ref": "#/components/schemas/Migration"}}}
                  },
                  "Migration": {
                    "type": "object",
                    "required": ["name", "route", "from", "to", "stage", "delivery", "share_percent", "cut_at", "moved_at", "hold", "stages", "gates", "next_moves", "next", "obstacles", "log"],
                    "properties": {
                      "name": {"type": "string"}, "route": {"type": "string"}, "from": {"type": "string"}, "to": {"type": "string"},
                      "stage": {"enum": ["check", "shadow", "mirror", "backfill", "parity", "ramp", "cut", "drain", "closed"]},
                      "delivery": {"enum": [null, "shadow", "mirror"], "description": "What the new provider gets."},
                      "share_percent": {"type": "number"}, "cut_at": {"type": ["string", "null"], "format": "date-time"},
                      "moved_at": {"type": ["string", "null"], "format": "date-time", "description": "When the last customer moves by the cut; null if somebody stays with the old provider."},
                      "hold": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/MigrationEntry"}]},
                      "stages": {"type": "array", "items": {
                        "type": "object", "required": ["number", "name", "state", "conditions"],
                        "properties": {
                          "number": {"type": "integer"}, "name": {"type": "string"}, "state": {"enum": ["done", "current", "ahead"]},
                          "conditions": {"type": "array", "description": "What must hold to leave it.", "items": {"$ref": "#/components/schemas/MigrationCondition"}}}}},
                      "gates": {"type": "array", "items": {
                        "type": "object", "required": ["name", "color", "figure", "limit", "reason", "overridden"],
                        "properties": {
                          "name": {"$ref": "#/components/schemas/MigrationGateName"}, "color": {"enum": ["green", "red", "unknown"]},
                          "figure": {"type": ["string", "null"]}, "limit": {"type": "string"},
                          "reason": {"type": ["string", "null"], "description": "Why it is unknown."}, "overridden": {"type": "boolean"}}}},
                      "next_moves": {"$ref": "#/components/schemas/MigrationMoves"},
                      "next": {"type": ["string", "null"], "description": "The command that comes next."},
                      "obstacles": {"type": "array", "items": {"type": "string"}, "description": "What stands in its way."},
                      "log": {"type": "array", "items": {"$ref": "#/components/schemas/MigrationEntry"}}
                    }
                  },
                  "MigrationMoves": {
                    "type": "object", "required": ["times", "later_times", "customers_not_looked_at"], "description": "The customers who change their provider of record next, as the log says now.",
                    "properties": {
                      "times": {"type": "array", "maxItems": 20, "items": {
                        "type": "object", "required": ["at", "to", "customers", "first_customer_ids", "customers_without_anchor"],
                        "properties": {
                          "at": {"type": "string", "format": "date-time"}, "to": {"enum": ["from", "to"], "description": "The side that they move to: the migration's from or to."},
                          "customers": {"type": "integer", "description": "Of those with an anchor."},
                          "first_customer_ids": {"type": "array", "maxItems": 5, "items": {"type": "string"}},
                          "customers_without_anchor": {"type": "boolean", "description": "Whether customers without an anchor move then, too: those within the share, or all by a cut."}}}},
                      "later_times": {"type": "integer", "description": "Further times."},
                      "customers_not_looked_at": {"type": "integer", "description": "Customers beyond the first 50,000 with an anchor."}
                    }
                  },
                  "MigrationDays": {
                    "type": "object", "required": ["from", "to", "days", "days_not_counted"],
                    "properties": {
                      "from": {"type": "string"}, "to": {"type": "string"},
                      "days": {"type": "array", "maxItems": 31, "items": {
                        "type": "object", "required": ["day", "counted_at", "from", "to"],
                        "properties": {
                          "day": {"type": "string", "format": "date"}, "counted_at": {"type": "string", "format": "date-time"},
                          "from": {"$ref": "#/components/schemas/MigrationDayCounts"}, "to": {"$ref": "#/components/schemas/MigrationDayCounts"}}}},
                      "days_not_counted": {"type": "integer", "description": "Older days; the next request counts further ones."}
                    }
                  },
                  "MigrationDayCounts": {
                    "type": "object", "required": ["planned", "delivered", "waiting", "rejected", "uncertain", "discarded", "skipped", "backfilled"],
                    "properties": {
                      "planned": {"type": "integer", "description": "All of these but backfilled."}, "delivered": {"type": "integer"}, "waiting": {"type": "integer"}, "rejected": {"type": "integer"},
                      "uncertain": {"type": "integer"}, "discarded": {"type": "integer"}, "skipped": {"type": "integer", "description": "Translated only."},
                      "backfilled": {"type": "integer", "description": "How many of all these a backfill took."}
                    }
                  },
                  "MigrationForecast": {
                    "type": "object",
                    "required": ["name", "events", "customers", "more", "conditions", "names_without_metric", "unknown_customers", "customers_with_two_of_record", "remaining_subscriptions", "late_usage", "notes"],
                    "properties": {
                      "name": {"type": "string"}, "events": {"type": "integer"}, "customers": {"type": "integer"},
                      "more": {"type": "boolean", "description": "There are more names or customers than were looked at."},
                      "conditions": {"type": "array", "description": "What must hold to begin.", "items": {"$ref": "#/components/schemas/MigrationCondition"}},
                      "names_without_metric": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/ListedNames"}]},
                      "unknown_customers": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/ListedNames"}]},
                      "customers_with_two_of_record": {"$ref": "#/components/schemas/ListedNames"},
                      "remaining_subscriptions": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/ListedNames"}]},
                      "late_usage": {"oneOf": [{"type": "null"}, {
                        "type": "object", "required": ["events", "late_events", "by_delay"], "description": "Of the customers' last full periods, if the old provider's vendor bills by receipt.",
                        "properties": {
                          "events": {"type": "integer"}, "late_events": {"type": "integer", "description": "Accepted after the end of their period."},
                          "by_delay": {"type": "array", "items": {
                            "type": "object", "required": ["less_than_seconds", "events"],
                            "properties": {"less_than_seconds": {"type": ["integer", "null"]}, "events": {"type": "integer"}}}}}}]},
                      "notes": {"type": "array", "items": {"type": "string"}}
                    }
                  },
                  "MigrationAnchors": {
                    "type": "object", "required": ["anchors", "unknown", "next_cursor"],
                    "properties": {
                      "anchors": {"type": "array", "items": {
                        "type": "object", "required": ["customer_id", "anchor", "interval"],
                        "properties": {
                          "customer_id": {"type": "string"}, "anchor": {"type": "string", "description": "A day, or a timestamp, at which a period begins.", "example": "2026-01-31"},
                          "interval": {"enum": [null, "week", "month", "quarter", "year"], "description": "Null for that of customers without an anchor."}}}},
                      "unknown": {"type": "array", "description": "Subscriptions that tell no anchor.", "items": {
                        "type": "object", "required": ["subscription_id", "customer_id", "reason"],
                        "properties": {"subscription_id": {"type": "string"}, "customer_id": {"type": ["string", "null"]}, "reason": {"type": "string"}}}},
                      "next_cursor": {"type": ["string", "null"]}
                    }
                  },
                  "MigrationCondition": {
                    "type": "object", "required": ["name", "color", "text"],
                    "properties": {"name": {"type": "string"}, "color": {"enum": ["green", "red", "unknown"]}, "text": {"type": "string"}}
                  },
                  "ListedNames": {
                    "type": "object", "required": ["count", "first"],
                    "properties": {"count": {"type": "integer"}, "first": {"type": "array", "items": {"type": "string"}, "maxItems": 100}}
                  },
                  "MigrationOutcome": {
                    "type": "object", "required": ["dry_run", "entry", "to_void", "refill", "migration"],
                    "properties": {
                      "dry_run": {"type": "boolean"}, "entry": {"$ref": "#/components/schemas/MigrationEntry"},
                      "to_void": {"oneOf": [{"type": "null"}, {
                        "type": "object", "required": ["provider", "customers", "more_events", "unreadable_parts"], "description": "After a return at once: usage of the running periods that is on the new provider's bill.",
                        "properties": {
                          "provider": {"type": "string"},
                          "customers": {"type": "array", "items": {
                            "type": "object", "required": ["customer_id", "events", "first", "last"],
                            "properties": {"customer_id": {"type": "string"}, "events": {"type": "integer"}, "first": {"type": "string", "format": "date-time"}, "last": {"type": "string", "format": "date-time"}}}},
                          "more_events": {"type": "integer", "description": "Events of customers that are not listed."}, "unreadable_parts": {"type": "integer"}}}]},
                      "refill": {"oneOf": [{"type": "null"}, {
                        "type": "object", "required": ["provider", "events", "customers", "more_events", "backfills", "error"], "description": "What the old provider was not sent of that usage, and the backfills that send it.",
                        "properties": {
                          "provider": {"type": "string"}, "events": {"type": "integer"}, "customers": {"type": "integer"},
                          "more_events": {"type": "integer", "description": "Events of customers beyond 10000, which no backfill sends."},
                          "backfills": {"type": "array", "items": {"type": "integer"}, "description": "Empty in a dry run."},
                          "error": {"type": ["string", "null"], "description": "Why none was started."}}}]},
                      "migration": {"$ref": "#/components/schemas/Migration"}
                    }
                  }
        """#
}
