/// What the OpenAPI document says of `/v1/backfills`.
enum OpenAPIBackfills {
    private static let security = #""security": [{"bearer": ["migrations:manage"]}, {"apiKey": ["migrations:manage"]}]"#
    private static let id =
        #""parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer", "minimum": 1}}]"#
    private static let backfill = response("The backfill.", "Backfill")

    /// A response with one of the document's schemas.
    private static func response(_ description: String, _ schema: String) -> String {
        #"""
        {"description": "\#(description)", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/\#(schema)"}}}}
        """#
    }

    private static let problems = #"""
        "4XX": {"$ref": "#/components/responses/Problem"}, "503": {"$ref": "#/components/responses/Problem"}
        """#

    /// The path of one of the changes, which differ only in their names.
    private static func change(_ name: String, _ id: String, _ summary: String) -> String {
        #"""
                "/v1/backfills/{id}/\#(name)": {
                  "post": {
                    "tags": ["migrations"], "operationId": "\#(id)", "summary": "\#(summary)", \#(security), \#(self.id),
                    "responses": {"200": \#(backfill), "404": {"$ref": "#/components/responses/Problem"}, \#(problems)}
                  }
                }
        """#
    }

    static let paths = #"""
                "/v1/backfills": {
                  "post": {
                    "tags": ["migrations"], "operationId": "startBackfill", "summary": "Send a provider events that were accepted before it was in the routes.", \#(security),
                    "description": "Takes the events of the window that the routes in force would send to the provider, and that were never sent there: no event is delivered twice. Live deliveries come first. Without the scope admin, the events of the client's tenant, and no provider that other tenants use too. With dry_run, counts only.",
                    "requestBody": {"required": true, "content": {"application/json": {"schema": {
                      "type": "object", "required": ["since"], "additionalProperties": false, "oneOf": [{"required": ["to"]}, {"required": ["migration"]}],
                      "properties": {
                        "to": {"type": "string", "minLength": 1, "description": "A provider of routes.json.", "example": "polar-prod"},
                        "migration": {"type": "string", "minLength": 1, "description": "In place of to: a migration in routes.json, whose new provider gets the events.", "example": "to-polar"},
                        "since": {"type": "string", "description": "Events of this time or later: a time, or a length of time up to now; with a migration also period, the start of each customer's running billing period.", "example": "30d"},
                        "until": {"type": ["string", "null"], "description": "Events before this time."},
                        "names": {"type": "array", "items": {"type": "string"}, "description": "Event names; * stands for any text.", "example": ["api.*"]},
                        "customer_ids": {"type": "array", "items": {"type": "string"}},
                        "rate": {"type": "number", "minimum": 1, "maximum": 100, "default": 50, "description": "Percent of the provider's rate limit."},
                        "dry_run": {"type": "boolean", "default": false},
                        "without_live": {"type": "boolean", "default": false, "description": "Start even if the routes have the provider in mode shadow only."},
                        "accept_unreadable": {"type": "boolean", "default": false, "description": "Start even at a vendor that counts a repeated event again and cannot be read."},
                        "confirmed": {"type": "boolean", "default": false, "description": "The effect on the bill is known."},
                        "without_incomplete": {"type": "boolean", "default": false, "description": "With since period: leave out the customers whose running billing period began before the oldest events that the journal has, whose bills would be incomplete."}
                      }}}}},
                    "responses": {
                      "200": \#(response("What it would do.", "BackfillForecast")),
                      "201": \#(response("Started.", "StartedBackfills")),
                      "404": {"$ref": "#/components/responses/Problem"}, "409": {"$ref": "#/components/responses/Problem"},
                      "422": {"$ref": "#/components/responses/Problem"}, \#(problems)
                    }
                  },
                  "get": {
                    "tags": ["migrations"], "operationId": "listBackfills", "summary": "All backfills, newest first.", \#(security),
                    "responses": {"200": \#(response("The backfills.", "Backfills")), \#(problems)}
                  }
                },
                "/v1/backfills/{id}": {
                  "get": {
                    "tags": ["migrations"], "operationId": "showBackfill", "summary": "One backfill.", \#(security), \#(id),
                    "responses": {"200": \#(backfill), "404": {"$ref": "#/components/responses/Problem"}, \#(problems)}
                  },
                  "patch": {
                    "tags": ["migrations"], "operationId": "changeBackfill", "summary": "Change the rate of a backfill.", \#(security), \#(id),
                    "requestBody": {"required": true, "content": {"application/json": {"schema": {
                      "type": "object", "required": ["rate"], "additionalProperties": false,
                      "properties": {"rate": {"type": "number", "minimum": 1, "maximum": 100}}}}}},
                    "responses": {"200": \#(backfill), "404": {"$ref": "#/components/responses/Problem"}, \#(problems)}
                  }
                },
        \#(change("pause", "pauseBackfill", "Pause a backfill. In-flight requests are finished.")),
        \#(change("resume", "resumeBackfill", "Resume a paused backfill.")),
        \#(change("cancel", "cancelBackfill", "Cancel a backfill. Delivered events stay delivered; waiting retries are discarded."))
        """#

    static let schemas = #"""
                  "Shadow": {
                "type": "object", "required": ["provider", "shadow"],
                "properties": {"provider": {"type": "string"}, "shadow": {"type": "array", "items": {
                  "type": "object", "required": ["class", "field", "events", "first", "last", "event_ids"],
                  "properties": {
                    "class": {"enum": ["translated", "untranslatable", "different"]}, "field": {"type": ["string", "null"]}, "events": {"type": "integer"},
                    "first": {"type": "string", "format": "date-time"}, "last": {"type": "string", "format": "date-time"},
                    "event_ids": {"type": "array", "items": {"type": "string"}, "description": "Some of the newest events of the client's tenant."}}}}}
              },
              "Backfills": {
                    "type": "object", "required": ["backfills"],
                    "properties": {"backfills": {"type": "array", "items": {"$ref": "#/components/schemas/Backfill"}}}
                  },
                  "StartedBackfills": {
                    "type": "object", "required": ["backfills", "effect", "left_out"],
                    "properties": {
                      "left_out": {"$ref": "#/components/schemas/IncompletePeriods"},
                      "effect": {"type": ["string", "null"], "description": "What it does to the bill at the vendor."},
                      "backfills": {"type": "array", "items": {"$ref": "#/components/schemas/Backfill"}, "description": "One for each account of the provider."}}
                  },
                  "IncompletePeriods": {
                    "type": ["object", "null"], "required": ["customers", "examples", "others_period_start", "journal_from"],
                    "description": "Customers that are left out, because the journal lacks a part of their running billing period; null if none.",
                    "properties": {
                      "customers": {"type": "integer", "description": "With billing periods of their own."},
                      "examples": {"type": "array", "items": {"type": "object", "required": ["customer_id", "period_start"], "properties": {
                        "customer_id": {"type": "string"}, "period_start": {"type": "string", "format": "date-time"}}}},
                      "others_period_start": {"type": ["string", "null"], "format": "date-time", "description": "If all customers without a period of their own are left out."},
                      "journal_from": {"type": "string", "format": "date-time", "description": "The journal has the events from this time on."}}
                  },
                  "Backfill": {
                    "type": "object",
                    "required": ["id", "provider", "adapter", "state", "held_by", "rate", "current_rate", "filter", "left_out_customers", "progress", "deliveries", "started_by", "started_at", "changed_by", "changed_at", "ended_at"],
                    "properties": {
                      "id": {"type": "integer"}, "provider": {"type": "string"}, "adapter": {"type": "string"},
                      "state": {"enum": ["running", "paused", "cancelling", "done", "cancelled"]},
                      "held_by": {"enum": [null, "circuit_open", "provider_held", "live_backlog", "rate_limited", "slow_acceptance", "in_flight", "rate", "provider_not_configured", "other_routes"], "description": "What keeps it from going on now; with other_routes it does not end, because another gateway has another routes.json."},
                      "rate": {"type": "number", "description": "Percent of the provider's rate limit."},
                      "current_rate": {"type": "number", "description": "Less than rate after a 429; it recovers by a tenth each minute."},
                      "filter": {"type": "object", "required": ["tenant", "since", "until", "names", "customer_ids"], "properties": {
                        "tenant": {"type": ["string", "null"]}, "since": {"type": ["string", "null"], "format": "date-time"}, "until": {"type": ["string", "null"], "format": "date-time"},
                        "names": {"type": "array", "items": {"type": "string"}}, "customer_ids": {"type": "array", "items": {"type": "string"}}}},
                      "left_out_customers": {"type": "integer", "description": "Customers of whom it takes nothing, because the journal lacks a part of their billing period."},
                      "progress": {"type": "object", "required": ["walked", "ahead", "end_is_fixed"], "properties": {
                        "walked": {"type": "integer", "description": "Journal events passed."}, "ahead": {"type": "integer", "description": "Journal events left."}, "end_is_fixed": {"type": "boolean"}}},
                      "deliveries": {"type": "object", "required": ["delivered", "retrying", "rejected", "uncertain", "discarded", "deduplicated"], "properties": {
                        "delivered": {"type": "integer"}, "retrying": {"type": "integer"}, "rejected": {"type": "integer"}, "uncertain": {"type": "integer"}, "discarded": {"type": "integer"},
                        "deduplicated": {"type": "integer", "description": "Delivered ones that the vendor had already."}}},
                      "started_by": {"type": "string"}, "started_at": {"type": "string", "format": "date-time"},
                      "changed_by": {"type": "string"}, "changed_at": {"type": "string", "format": "date-time"}, "ended_at": {"type": ["string", "null"], "format": "date-time"}
                    }
                  },
                  "BackfillForecast": {
                    "type": "object", "required": ["dry_run", "effect", "rate", "forecasts", "left_out", "unreadable", "more_unreadable"],
                    "properties": {
                      "left_out": {"$ref": "#/components/schemas/IncompletePeriods"},
                      "dry_run": {"const": true}, "effect": {"type": ["string", "null"]}, "rate": {"type": "number"},
                      "forecasts": {"type": "array", "description": "One for each account of the provider.", "items": {
                        "type": "object", "required": ["provider", "events", "customers", "more_customers", "requests", "seconds", "first_timestamp", "last_timestamp", "untranslatable", "not_taken"],
                        "properties": {
                          "provider": {"type": "string"}, "events": {"type": "integer"}, "customers": {"type": "integer"}, "more_customers": {"type": "boolean"},
                          "requests": {"type": "integer"}, "seconds": {"type": ["integer", "null"], "description": "At its rate; null where the provider has no rate limit."},
                          "first_timestamp": {"type": ["string", "null"], "format": "date-time"}, "last_timestamp": {"type": ["string", "null"], "format": "date-time"},
                          "untranslatable": {"type": "object"},
                          "not_taken": {"type": "object", "required": ["delivered_live", "earlier_backfill", "not_routed"], "properties": {
                            "delivered_live": {"type": "integer"}, "earlier_backfill": {"type": "integer"}, "not_routed": {"type": "integer"}}}}}},
                      "unreadable": {"type": "array", "items": {"type": "object"}}, "more_unreadable": {"type": "integer"}
                    }
                  }
        """#
}
