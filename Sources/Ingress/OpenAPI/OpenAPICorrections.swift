/// What the OpenAPI document says of corrections.
enum OpenAPICorrections {
    private static let shared = #"""
        "reason": {"type": "string", "minLength": 1, "maxLength": 1000, "description": "Kept in the audit log."},
                        "aggregate": {"enum": ["sum", "count", "unique", "latest", "max"], "description": "How the vendors' metric aggregates. By default that of the migration whose metrics name the event; needed if there is none."},
                        "property": {"type": "string", "description": "The property that the metric aggregates.", "example": "units"},
                        "subscription_id": {"type": "string", "description": "Which of several events with this id."},
                        "dry_run": {"type": "boolean", "default": false, "description": "Only say what would be done."}
        """#

    private static let responses = #"""
        "responses": {
                  "200": {"description": "What it would do, or nothing was to be done.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Correction"}}}},
                  "202": {"description": "The correcting events are on disk.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Correction"}}}},
                  "404": {"$ref": "#/components/responses/Problem"}, "409": {"$ref": "#/components/responses/Problem"},
                  "422": {"$ref": "#/components/responses/Problem"}, "4XX": {"$ref": "#/components/responses/Problem"},
                  "503": {"$ref": "#/components/responses/Problem"}
                }
        """#

    private static let security = #""security": [{"bearer": ["events:write"]}, {"apiKey": ["events:write"]}]"#
    private static let id =
        #""parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}}]"#

    static let paths = #"""
            "/v1/events/{id}/void": {
              "post": {
                "tags": ["events"], "operationId": "voidEvent", "summary": "Take an event back at the vendors that have it.", \#(security), \#(id),
                "description": "By a new event for each vendor that can take it: one with the negative value, one that replaces the first, or one that removes a unique value. A vendor where that is impossible is named with the reason, and nothing is sent there. The same correction twice is one.",
                "requestBody": {"required": true, "content": {"application/json": {"schema": {
                  "type": "object", "required": ["reason"], "additionalProperties": false,
                  "properties": {\#(shared)}}}}},
                \#(responses)
              }
            },
            "/v1/events/{id}/adjust": {
              "post": {
                "tags": ["events"], "operationId": "adjustEvent", "summary": "Change the properties of an event at the vendors that have it.", \#(security), \#(id),
                "description": "The given properties take the place of those of the same name, the others stay. Where a vendor keeps events as they are, a further event carries the difference.",
                "requestBody": {"required": true, "content": {"application/json": {"schema": {
                  "type": "object", "required": ["reason", "properties"], "additionalProperties": false,
                  "properties": {"properties": {"type": "object"}, \#(shared)}}}}},
                \#(responses)
              }
            }
        """#

    static let schemas = #"""
              "Correction": {
                "type": "object", "required": ["id", "operation", "dry_run", "recorded", "destinations", "corrections"],
                "properties": {
                  "id": {"type": "string"}, "operation": {"enum": ["void", "adjust"]}, "dry_run": {"type": "boolean"},
                  "recorded": {"type": "integer", "description": "How many correcting events were appended."},
                  "destinations": {"type": "array", "description": "One for each destination that the event was planned for or sent to.", "items": {
                    "type": "object", "required": ["provider", "adapter", "outcome", "reason", "correction", "note"],
                    "properties": {
                      "provider": {"type": "string"}, "adapter": {"type": "string"},
                      "outcome": {"enum": ["applied", "compensated", "already_corrected", "unchanged", "impossible"]},
                      "reason": {"type": ["string", "null"], "description": "Why nothing is sent there."},
                      "correction": {"type": ["string", "null"], "description": "The id of the correcting event, whose deliveries tell when the vendor has it."},
                      "note": {"type": ["string", "null"], "description": "What it does to the bill there."}}}},
                  "corrections": {"type": "array", "description": "The correcting events that this request makes.", "items": {"$ref": "#/components/schemas/Event"}}
                }
              }
        """#
}
