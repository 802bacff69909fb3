/// What the OpenAPI document says of the endpoints that prepare and prove a move to another vendor.
enum OpenAPIMigrations {
    static let paths = #"""
            "/v1/plans": {
              "post": {
                "tags": ["migrations"], "operationId": "makePlan", "summary": "What another routes.json would do to recorded traffic. Nothing is sent.",
                "security": [{"bearer": ["migrations:manage"]}, {"apiKey": ["migrations:manage"]}],
                "description": "The body is the file. Each recorded event of the window gets the plan that it would get under the file, and is translated. from and until select by the event's time, accepted_from and accepted_until by its acceptance; without them, all events that are kept. With the scope admin the events of all tenants, otherwise those of the client's tenant. 202 until the plan is finished: read it with GET /v1/plans/{id}. The same file, window, routes in force and journal give the same plan.",
                "parameters": [
                  {"$ref": "#/components/parameters/from"}, {"$ref": "#/components/parameters/until"},
                  {"$ref": "#/components/parameters/accepted_from"}, {"$ref": "#/components/parameters/accepted_until"},
                  {"name": "sample", "in": "query", "schema": {"type": "string"}, "example": "10%", "description": "Percentage of the events that are translated; all are routed and counted. 100% by default."}
                ],
                "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object"}}}},
                "responses": {
                  "200": {"description": "Finished.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RoutesPlan"}}}},
                  "202": {"description": "Waiting or running.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RoutesPlan"}}}},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            },
            "/v1/plans/{id}": {
              "get": {
                "tags": ["migrations"], "operationId": "showPlan", "summary": "A plan. Kept for 7 days.",
                "security": [{"bearer": ["migrations:manage"]}, {"apiKey": ["migrations:manage"]}],
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}}],
                "responses": {
                  "200": {"description": "Finished.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RoutesPlan"}}}},
                  "202": {"description": "Waiting or running.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RoutesPlan"}}}},
                  "404": {"$ref": "#/components/responses/Problem"},
                  "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
              }
            }
        """#

    static let schemas = #"""
              "RoutesPlan": {
                "type": "object",
                "required": ["id", "status", "created_at", "created_by", "expires_at", "tenant", "migration", "routes_digest", "routes_in_force_digest", "migration_log_version", "journal_position", "window", "sample_percent", "routes_changes", "events_read", "error", "result", "stale"],
                "properties": {
                  "id": {"type": "string"}, "status": {"enum": ["waiting", "running", "done", "failed"]},
                  "created_at": {"type": "string", "format": "date-time"}, "created_by": {"type": "string"}, "expires_at": {"type": "string", "format": "date-time"},
                  "tenant": {"type": ["string", "null"], "description": "Whose events were read; null for those of all tenants."},
                  "migration": {"type": ["string", "null"], "description": "The migration that it was made for; null for a new file."},
                  "routes_digest": {"type": "string", "description": "SHA-256 of the file, together with the files that the routes in force name."}, "routes_in_force_digest": {"type": "string"},
                  "migration_log_version": {"type": "integer", "description": "How often something was ordered in migrations before."},
                  "journal_position": {"type": "string"},
                  "window": {"type": "object", "required": ["clock", "from", "until"], "properties": {
                    "clock": {"enum": ["occurred", "accepted"]}, "from": {"type": ["string", "null"], "format": "date-time"}, "until": {"type": ["string", "null"], "format": "date-time"}}},
                  "sample_percent": {"type": "number"}, "routes_changes": {"type": "array", "items": {"type": "string"}},
                  "events_read": {"type": ["integer", "null"]}, "error": {"type": ["string", "null"]},
                  "stale": {"type": "boolean", "description": "The routes in force, or the log of a migration, have changed since."},
                  "result": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/RoutesPlanResult"}]}
                }
              },
              "RoutesPlanResult": {
                "type": "object",
                "required": ["events", "translated_events", "first_timestamp", "last_timestamp", "customers", "more_customers", "changes_nothing", "destinations", "unrouted", "forbidden", "migration", "unreadable", "more_unreadable"],
                "properties": {
                  "events": {"type": "integer"}, "translated_events": {"type": "integer"},
                  "first_timestamp": {"type": ["string", "null"], "format": "date-time"}, "last_timestamp": {"type": ["string", "null"], "format": "date-time"},
                  "customers": {"type": "integer"}, "more_customers": {"type": "boolean", "description": "There are more customers than were counted."},
                  "changes_nothing": {"type": "boolean"},
                  "destinations": {"type": "array", "items": {"$ref": "#/components/schemas/PlannedDestination"}},
                  "unrouted": {"$ref": "#/components/schemas/PlannedGroups", "description": "Events that no route matches, by name."},
                  "forbidden": {"$ref": "#/components/schemas/PlannedGroups", "description": "Events that their client may not send: no_client, name or route."},
                  "migration": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/MigrationForecast"}]},
                  "unreadable": {"type": "array", "description": "Parts of the journal that could not be read.", "items": {"type": "object", "required": ["first", "last", "reason"], "properties": {
                    "first": {"type": "integer"}, "last": {"type": "integer"}, "reason": {"type": "string"}}}},
                  "more_unreadable": {"type": "integer"}
                }
              },
              "PlannedDestination": {
                "type": "object",
                "required": ["provider", "adapter", "events", "customers", "more_customers", "added", "removed", "mode_changes", "translated_events", "changed", "untranslatable", "now_translatable", "peak", "backfill", "comparison"],
                "properties": {
                  "provider": {"type": "string"}, "adapter": {"type": ["string", "null"], "description": "Null if the file does not have the provider."},
                  "events": {"type": "integer"}, "customers": {"type": "integer"}, "more_customers": {"type": "boolean"},
                  "added": {"type": "integer"}, "removed": {"type": "integer"},
                  "mode_changes": {"type": "array", "items": {"type": "object", "required": ["from", "to", "events"], "properties": {
                    "from": {"type": "string"}, "to": {"type": "string"}, "events": {"type": "integer"}}}},
                  "translated_events": {"type": "integer"},
                  "changed": {"type": "object", "description": "Events that the vendor would get in another form, by field with one example.", "required": ["events", "fields", "changes_of_other_fields"], "properties": {
                    "events": {"type": "integer"}, "changes_of_other_fields": {"type": "integer"},
                    "fields": {"type": "array", "items": {"type": "object", "required": ["field", "events", "example"], "properties": {
                      "field": {"type": "string"}, "events": {"type": "integer"},
                      "example": {"type": "object", "required": ["event_id", "before", "after"], "properties": {
                        "event_id": {"type": "string"}, "before": {"type": ["string", "null"]}, "after": {"type": ["string", "null"]}}}}}}}},
                  "untranslatable": {"$ref": "#/components/schemas/PlannedGroups"},
                  "now_translatable": {"type": "integer", "description": "Events that could not be translated with the settings they were accepted with."},
                  "peak": {"oneOf": [{"type": "null"}, {"type": "object", "description": "The busiest minute, without retries and in full batches.", "required": ["minute", "events", "requests", "limit_per_minute", "backlog_minutes"], "properties": {
                    "minute": {"type": "string", "format": "date-time"}, "events": {"type": "integer"}, "requests": {"type": "integer"},
                    "limit_per_minute": {"type": ["integer", "null"]}, "backlog_minutes": {"type": "integer"}}}]},
                  "backfill": {"oneOf": [{"type": "null"}, {"type": "object", "description": "What a backfill of the events would take that the vendor was not sent.", "required": ["events", "requests", "seconds", "share_of_rate_limit"], "properties": {
                    "events": {"type": "integer"}, "requests": {"type": "integer"}, "seconds": {"type": ["integer", "null"]}, "share_of_rate_limit": {"type": "integer"}}}]},
                  "comparison": {"oneOf": [{"type": "null"}, {"type": "object", "description": "What a comparison of the events that the vendor would get takes if nothing differs.", "required": ["digest", "full", "share_of_rate_limit"], "properties": {
                    "digest": {"$ref": "#/components/schemas/PlannedCalls"}, "full": {"$ref": "#/components/schemas/PlannedCalls"}, "share_of_rate_limit": {"type": "number"}}}]}
                }
              },
              "PlannedCalls": {
                "type": "object", "required": ["calls", "seconds"],
                "properties": {"calls": {"type": "integer"}, "seconds": {"type": ["integer", "null"]}}
              },
              "PlannedGroups": {
                "type": "object", "required": ["events", "groups", "events_of_other_groups"],
                "properties": {
                  "events": {"type": "integer"}, "events_of_other_groups": {"type": "integer"},
                  "groups": {"type": "array", "items": {"type": "object", "required": ["events", "event_ids"], "properties": {
                    "name": {"type": "string"}, "client": {"type": "string"}, "reason": {"type": "string"}, "field": {"type": "string"}, "message": {"type": "string"},
                    "events": {"type": "integer"}, "event_ids": {"type": "array", "items": {"type": "string"}, "description": "The first 10."}}}}
                }
              }
        """#
}
