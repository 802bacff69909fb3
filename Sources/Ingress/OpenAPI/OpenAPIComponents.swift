/// The components of ``OpenAPIDocument``, as members of a JSON object.
enum OpenAPIComponents {
    static let parameters = #"""
            "parameters": {
              "id": {"name": "id", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}, "explode": true},
              "name": {"name": "name", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}, "explode": true},
              "customer_id": {"name": "customer_id", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}, "explode": true},
              "subscription_id": {"name": "subscription_id", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}, "explode": true},
              "client": {"name": "client", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}, "explode": true, "description": "Events that this client sent. Events are read one by one for it."},
              "source": {"name": "source", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}, "explode": true},
              "from": {"name": "from", "in": "query", "schema": {"$ref": "#/components/schemas/Timestamp"}, "description": "At this time or later, by the event's timestamp."},
              "until": {"name": "until", "in": "query", "schema": {"$ref": "#/components/schemas/Timestamp"}, "description": "Before this time, by the event's timestamp."},
              "accepted_from": {"name": "accepted_from", "in": "query", "schema": {"$ref": "#/components/schemas/Timestamp"}, "description": "Accepted at this time or later."},
              "accepted_until": {"name": "accepted_until", "in": "query", "schema": {"$ref": "#/components/schemas/Timestamp"}, "description": "Accepted before this time."},
              "delivery_status": {"name": "delivery_status", "in": "query", "explode": true,
                "schema": {"type": "array", "items": {"$ref": "#/components/schemas/DeliveryStatus"}}},
              "delivery_provider": {"name": "delivery_provider", "in": "query", "schema": {"type": "string"},
                "description": "Events with a delivery to this provider."},
              "order": {"name": "order", "in": "query", "schema": {"enum": ["newest", "oldest"], "default": "newest"}},
              "limit": {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}},
              "cursor": {"name": "cursor", "in": "query", "schema": {"type": "string"}, "description": "The next_cursor of an earlier page."},
              "provider": {"name": "provider", "in": "query", "schema": {"type": "string"},
                "description": "Read from this provider's vendor instead of the journal; 501 where the vendor cannot do it."}
            },
            "requestBodies": {
              "Revision": {"required": true, "content": {"application/json": {"schema": {
                "type": "object", "additionalProperties": false, "minProperties": 1,
                "properties": {
                  "ids": {"$ref": "#/components/schemas/Texts"},
                  "filter": {"type": "object", "additionalProperties": false, "properties": {
                    "provider": {"$ref": "#/components/schemas/Texts"},
                    "status": {"oneOf": [{"$ref": "#/components/schemas/DeliveryStatus"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/DeliveryStatus"}}]},
                    "name": {"$ref": "#/components/schemas/Texts"},
                    "customer_id": {"$ref": "#/components/schemas/Texts"},
                    "error_code": {"oneOf": [{"$ref": "#/components/schemas/ErrorCode"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/ErrorCode"}}]},
                    "accepted_from": {"$ref": "#/components/schemas/MomentText"},
                    "accepted_until": {"$ref": "#/components/schemas/MomentText"}}},
                  "all": {"type": "boolean"},
                  "dry_run": {"type": "boolean", "description": "Only count; change nothing."}}}}}}
            }
        """#

    static let responses = #"""
            "responses": {
              "Problem": {"description": "A problem (RFC 9457).",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
            }
        """#

    static let schemas = #"""
            "schemas": {
        \#(OpenAPIParity.schemas)
        \#(OpenAPIReports.schemas)
              "Timestamp": {"oneOf": [{"type": "string", "format": "date-time"}, {"type": "number"}], "description": "RFC 3339 with an offset, or Unix seconds."},
              "MomentText": {"type": "string", "description": "RFC 3339 with an offset, or Unix seconds."},
              "Texts": {"oneOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": {"type": "string"}}]},
              "Event": {
                "type": "object", "required": ["name"], "additionalProperties": false,
                "anyOf": [{"required": ["customer_id"]}, {"required": ["subscription_id"]}],
                "properties": {
                  "id": {"type": ["string", "null"], "minLength": 1, "maxLength": 255, "description": "Idempotency key within the tenant, at most 255 bytes; generated if absent."},
                  "name": {"type": "string", "minLength": 1, "maxLength": 128},
                  "customer_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 255},
                  "subscription_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 255},
                  "timestamp": {"oneOf": [{"type": "string", "format": "date-time"}, {"type": ["number", "null"]}], "description": "RFC 3339 with an offset, or Unix seconds; the time of acceptance if absent."},
                  "source": {"type": ["string", "null"], "maxLength": 1024},
                  "properties": {"type": ["object", "null"], "description": "Any JSON, at most 32 levels deep; numbers keep all digits."},
                  "vendor": {"type": ["object", "null"], "additionalProperties": {"type": "object"}, "description": "Fields for one vendor only, by adapter."}
                },
                "examples": [{"id": "evt-1", "name": "api_request", "customer_id": "customer456", "properties": {"request_size": 100}}]
              },
              "CloudEvent": {
                "type": "object", "required": ["specversion", "id", "source", "type"],
                "properties": {
                  "specversion": {"const": "1.0"}, "id": {"type": "string", "minLength": 1}, "source": {"type": "string", "minLength": 1},
                  "type": {"type": "string", "minLength": 1, "description": "The name."}, "subject": {"type": "string", "description": "The customer."},
                  "subscriptionid": {"type": "string"}, "time": {"type": "string", "format": "date-time"},
                  "datacontenttype": {"type": "string"}, "data": {"type": "object", "description": "The properties."}
                }
              },
              "WriteResult": {
                "type": "object", "required": ["accepted", "duplicates", "rejected", "events"],
                "properties": {
                  "accepted": {"type": "integer"}, "duplicates": {"type": "integer"}, "rejected": {"type": "integer"},
                  "events": {"type": "array", "items": {
                    "type": "object", "required": ["index", "status"],
                    "properties": {
                      "index": {"type": "integer"}, "id": {"type": "string"}, "status": {"enum": ["accepted", "duplicate", "rejected"]},
                      "timestamp": {"type": "string", "format": "date-time"},
                      "deliveries": {"type": "array", "items": {"$ref": "#/components/schemas/Delivery"}},
                      "errors": {"type": "array", "items": {"$ref": "#/components/schemas/EventFault"}}}}},
                  "errors_omitted": {"type": "integer", "description": "Number of faults beyond those listed in the events' errors."}
                }
              },
              "StoredEvent": {
                "type": "object", "required": ["id", "name", "timestamp", "accepted_at", "client", "route", "deliveries"],
                "properties": {
                  "id": {"type": "string"}, "name": {"type": "string"}, "customer_id": {"type": "string"}, "subscription_id": {"type": "string"},
                  "timestamp": {"type": "string", "format": "date-time"}, "source": {"type": "string"}, "properties": {"type": "object"},
                  "vendor": {"type": "object"}, "accepted_at": {"type": "string", "format": "date-time"}, "client": {"type": "string"},
                  "corrects": {"type": "string", "description": "The event that this one corrects; absent from other events."},
                  "correction": {"enum": ["void", "adjust"], "description": "What it does to the event that it corrects; absent from other events."},
                  "route": {"type": ["string", "null"]}, "deliveries": {"type": "array", "items": {"$ref": "#/components/schemas/Delivery"}}
                }
              },
        \#(OpenAPICorrections.schemas),
              "TracedEvent": {
                "allOf": [{"$ref": "#/components/schemas/StoredEvent"}],
                "required": ["timeline"],
                "properties": {
                  "timeline": {"type": "array", "items": {"$ref": "#/components/schemas/TimelineEntry"}},
                  "same_id": {"type": "array", "items": {"$ref": "#/components/schemas/StoredEvent"}}
                }
              },
              "TimelineEntry": {
                "type": "object", "required": ["at", "type"],
                "properties": {
                  "at": {"type": "string", "format": "date-time"}, "type": {"enum": ["accepted", "planned", "attempt", "settled", "resent"]},
                  "provider": {"type": "string"}, "providers": {"type": "array", "items": {"type": "string"}},
                  "status": {"$ref": "#/components/schemas/DeliveryStatus"}, "http_status": {"type": ["integer", "null"]},
                  "latency_ms": {"type": "integer"}, "error": {"$ref": "#/components/schemas/DeliveryError"},
                  "comparison": {"type": "integer", "description": "Of a resent event: the comparison that found it lost."}
                }
              },
              "Delivery": {
                "type": "object",
                "required": ["provider", "adapter", "mode", "status", "attempts", "deduplicated", "http_status", "latency_ms", "next_attempt_at", "error", "history"],
                "properties": {
                  "provider": {"type": "string"}, "adapter": {"type": "string"}, "mode": {"enum": ["primary", "mirror", "shadow"]},
                  "backfill": {"type": "integer", "description": "The backfill that delivers the event; absent where the event's route does."},
                  "status": {"$ref": "#/components/schemas/DeliveryStatus"}, "attempts": {"type": "integer"}, "deduplicated": {"type": "boolean"},
                  "http_status": {"type": ["integer", "null"]}, "latency_ms": {"type": ["integer", "null"]},
                  "next_attempt_at": {"type": ["string", "null"], "format": "date-time"}, "error": {"$ref": "#/components/schemas/DeliveryError"},
                  "history": {"type": "array", "items": {"$ref": "#/components/schemas/Attempt"}},
                  "settings": {"type": "array", "description": "The settings that the delivery was sent with, each with the first attempt that used them: those at acceptance, then those that a retry took from the active routes.", "items": {
                    "type": "object", "required": ["first_attempt", "retried_at", "retried_by", "values"],
                    "properties": {
                      "first_attempt": {"type": "integer"}, "retried_at": {"type": ["string", "null"], "format": "date-time"},
                      "retried_by": {"type": ["string", "null"]}, "values": {"type": "object"}}}},
                  "dropped_fields": {"type": "array", "items": {"type": "string"}, "description": "Event fields this vendor does not have."}
                }
              },
              "Attempt": {
                "type": "object", "required": ["at", "kind", "latency_ms", "http_status", "status", "deduplicated", "error"],
                "properties": {
                  "at": {"type": "string", "format": "date-time"},
                  "kind": {"enum": ["request", "probe"], "description": "A request that carried the event, or a look at the vendor because the outcome was unknown."},
                  "latency_ms": {"type": "integer"}, "http_status": {"type": ["integer", "null"]},
                  "status": {"$ref": "#/components/schemas/DeliveryStatus"}, "deduplicated": {"type": "boolean"},
                  "error": {"$ref": "#/components/schemas/DeliveryError"}
                }
              },
              "DeliveryStatus": {"enum": ["pending", "retrying", "delivered", "rejected", "uncertain", "skipped", "discarded"]},
              "ErrorCode": {"enum": ["invalid_event", "unknown_customer", "unknown_name", "duplicate_conflict", "unauthorized", "forbidden", "not_found", "payload_too_large", "rate_limited", "vendor_unavailable", "vendor_error", "timeout", "connection_failed", "unsupported", "untranslatable", "timestamp_in_future", "backfill_cancelled", "found_at_vendor", "other_at_vendor", "absent_at_vendor"]},
              "DeliveryError": {
                "type": ["object", "null"], "required": ["code", "message", "retryable", "vendor"],
                "properties": {
                  "code": {"$ref": "#/components/schemas/ErrorCode"}, "message": {"type": "string"}, "retryable": {"type": "boolean"},
                  "vendor": {"type": ["string", "null"], "description": "The vendor's own message, cut and redacted."}
                }
              },
              "EventPage": {
                "type": "object", "required": ["events", "next_cursor"], "additionalProperties": false,
                "properties": {
                  "events": {"type": "array", "items": {"$ref": "#/components/schemas/StoredEvent"}}, "next_cursor": {"type": ["string", "null"]},
                  "searched_until": {"type": "string", "format": "date-time", "description": "Present if the time limit ended the search: every event before it, in the order of the list, was searched."}
                }
              },
              "VendorEvent": {
                "type": "object", "required": ["id", "name", "timestamp", "provider", "notes"],
                "properties": {
                  "id": {"type": ["string", "null"]}, "name": {"type": "string"}, "customer_id": {"type": "string"}, "subscription_id": {"type": "string"},
                  "timestamp": {"type": "string", "format": "date-time"}, "source": {"type": "string"}, "properties": {"type": "object"},
                  "vendor": {"type": "object"}, "provider": {"type": "string"}, "notes": {"type": "array", "items": {"type": "string"}},
                  "same_id": {"type": "array", "items": {"type": "object"}}
                }
              },
              "VendorEventPage": {
                "type": "object", "required": ["events", "next_cursor", "provider", "filtered_by_gateway", "notes"],
                "properties": {
                  "events": {"type": "array", "items": {"$ref": "#/components/schemas/VendorEvent"}}, "next_cursor": {"type": ["string", "null"]},
                  "provider": {"type": "string"}, "notes": {"type": "array", "items": {"type": "string"}},
                  "filtered_by_gateway": {"type": "array", "items": {"type": "string"}, "description": "Parameters the vendor does not support, applied by the gateway; pages may be shorter."}
                }
              },
              "Names": {
                "type": "object", "required": ["names"],
                "properties": {
                  "provider": {"type": "string"}, "next_cursor": {"type": ["string", "null"], "description": "Absent with provider."},
                  "names": {"type": "array", "items": {
                    "type": "object", "required": ["name", "count", "first_seen", "last_seen"],
                    "properties": {
                      "name": {"type": "string"}, "count": {"type": "integer"}, "first_seen": {"type": "string", "format": "date-time"},
                      "last_seen": {"type": "string", "format": "date-time"}}}}
                }
              },
              "Estimate": {
                "type": "object", "required": ["provider", "adapter", "total", "currency", "charges"],
                "properties": {
                  "provider": {"type": "string"}, "adapter": {"type": "string"}, "total": {"type": ["string", "null"]}, "currency": {"type": ["string", "null"]},
                  "charges": {"type": "array", "items": {
                    "type": "object", "required": ["name", "units", "unit_amount", "amount", "taxes", "total", "currency"],
                    "properties": {
                      "name": {"type": ["string", "null"]}, "units": {"type": ["string", "null"]}, "unit_amount": {"type": ["string", "null"]},
                      "amount": {"type": "string"}, "taxes": {"type": "string"}, "total": {"type": "string"}, "currency": {"type": "string"}}}}
                }
              },
              "DeliveryPage": {
                "type": "object", "required": ["deliveries", "next_cursor"],
                "properties": {
                  "next_cursor": {"type": ["string", "null"]},
                  "deliveries": {"type": "array", "items": {
                    "type": "object", "required": ["event_id", "name", "accepted_at", "delivery"],
                    "properties": {
                      "event_id": {"type": "string"}, "name": {"type": "string"}, "accepted_at": {"type": "string", "format": "date-time"},
                      "delivery": {"$ref": "#/components/schemas/Delivery"}}}}
                }
              },
              "RevisionResult": {
                "type": "object", "required": ["action", "dry_run", "changed", "busy", "uncertain"],
                "properties": {
                  "action": {"enum": ["retry", "discard"]}, "dry_run": {"type": "boolean"}, "changed": {"type": "integer"},
                  "busy": {"type": "integer", "description": "Not changed, because an attempt was in flight."},
                  "uncertain": {"type": "integer", "description": "Uncertain deliveries, which a retry without a status does not change; the status uncertain retries them."},
                  "amended": {"type": "integer", "description": "Of a retry: changed deliveries of which nothing has reached the vendor, sent with the settings of today's routes."},
                  "translatable": {"type": "integer", "description": "Of a retry: changed deliveries that can be translated now."},
                  "untranslatable": {"type": "integer", "description": "Of a retry: changed deliveries that will be rejected again, because they cannot be translated."}
                }
              },
              "Actions": {
                "type": "object", "required": ["actions"],
                "properties": {"actions": {"type": "array", "items": {
                  "type": "object", "required": ["action", "at", "client", "filter", "changed", "busy"],
                  "properties": {
                    "action": {"enum": ["retry", "discard"]}, "at": {"type": "string", "format": "date-time"}, "client": {"type": "string"},
                    "filter": {"type": "string"}, "changed": {"type": "integer"}, "busy": {"type": "integer"}}}}}
              },
              "Providers": {
                "type": "object", "required": ["providers"],
                "properties": {"providers": {"type": "array", "items": {
                  "type": "object", "required": ["name", "adapter", "circuit", "parked", "backlog", "last_error"],
                  "properties": {
                    "name": {"type": "string"}, "adapter": {"type": ["string", "null"]}, "circuit": {"type": ["string", "null"]},
                    "circuit_open_since": {"type": ["string", "null"], "format": "date-time", "description": "Since when the circuit is not closed, as far as this process knows; null while it is closed."},
                    "parked_since": {"type": ["string", "null"], "format": "date-time", "description": "Since when the vendor refuses the credential or the account, as far as this process knows; null while it does not."},
                    "gateway": {
                      "type": ["object", "null"], "required": ["name", "ready", "detail", "report_age_seconds"],
                      "description": "The other gateway that delivers to the provider, and what it last reported; null if this one delivers.",
                      "properties": {
                        "name": {"type": ["string", "null"]}, "ready": {"type": "boolean"}, "detail": {"type": "string"},
                        "report_age_seconds": {"type": "integer"}}},
                    "configured": {"type": "boolean", "description": "False for a provider that routes.json no longer has, and for which events wait."},
                    "in_flight": {"type": "integer", "description": "Requests to the vendor."},
                    "concurrency": {"type": "integer", "description": "How many requests may be in flight now."},
                    "since_start": {
                      "type": "object", "required": ["requests", "delivered", "retried", "rejected", "uncertain", "deduplicated"],
                      "description": "What this gateway has done since its start.", "properties": {
                        "requests": {"type": "integer"}, "delivered": {"type": "integer"}, "retried": {"type": "integer"},
                        "rejected": {"type": "integer"}, "uncertain": {"type": "integer"}, "deduplicated": {"type": "integer"}}},
                    "parked": {"type": "boolean", "description": "The vendor rejects the credential or the account."},
                    "held_until": {"type": ["string", "null"], "format": "date-time", "description": "End of a wait requested by the vendor."},
                    "latencies": {"type": "array", "description": "How many of this gateway's requests since its start took less than each duration, and not less than the one before.", "items": {
                      "type": "object", "required": ["below_us", "requests"], "properties": {"below_us": {"type": "integer"}, "requests": {"type": "integer"}}}},
                    "batch_sizes": {"type": "array", "description": "How many of this gateway's requests since its start carried up to so many events, and more than half of that.", "items": {
                      "type": "object", "required": ["up_to_events", "requests"], "properties": {"up_to_events": {"type": "integer"}, "requests": {"type": "integer"}}}},
                    "operator_hold": {"$ref": "#/components/schemas/OperatorHold"}, "backlog": {"type": "object"}, "last_error": {"type": ["object", "null"]},
                    "passed": {"type": "object", "properties": {
                      "in_flight": {"type": "integer"}, "requests": {"type": "integer"}, "errors": {"type": "integer"},
                      "refused": {"type": "integer"}, "latency_ms_p50": {"type": ["integer", "null"]},
                      "latency_ms_p99": {"type": ["integer", "null"]}}},
                    "verify": {"$ref": "#/components/schemas/VerifyReport"}, "canary": {"$ref": "#/components/schemas/CanaryReport"}}}}}
              },
              "VerifyReport": {
                "type": ["object", "null"], "description": "What reading a sample of the delivered events back has shown; null without verify.",
                "required": ["sample", "checked_up_to", "waiting", "verified_24h", "different_24h", "missing", "accepted", "last_error", "lost"],
                "properties": {
                  "sample": {"type": "string"}, "checked_up_to": {"type": "string", "format": "date-time", "description": "All reads that were due before were made."},
                  "waiting": {"type": "integer"}, "verified_24h": {"type": "integer", "description": "By whole hours."}, "different_24h": {"type": "integer"},
                  "missing": {"type": "integer", "description": "Events that the vendor had accepted and does not show."},
                  "accepted": {"type": "integer", "description": "Lost events of an accepted cause."}, "last_error": {"type": ["string", "null"]},
                  "lost": {"type": "array", "maxItems": 100, "items": {"type": "object", "required": ["event_id", "name", "delivered_at", "found_at"], "properties": {
                    "event_id": {"type": "string"}, "name": {"type": "string"}, "delivered_at": {"type": "string", "format": "date-time"},
                    "found_at": {"type": "string", "format": "date-time"}}}}}
              },
              "CanaryReport": {
                "type": ["object", "null"], "description": "What test events have shown; null without canary.",
                "required": ["every_ms", "sent_at", "visible_at", "lag_ms_p50", "lag_ms_p99", "lag_ms_p999", "visible", "lost", "rejected", "alarm"],
                "properties": {
                  "every_ms": {"type": "integer"}, "sent_at": {"type": ["string", "null"], "format": "date-time", "description": "Of the one on its way."},
                  "visible_at": {"type": ["string", "null"], "format": "date-time"}, "lag_ms_p50": {"type": ["integer", "null"]},
                  "lag_ms_p99": {"type": ["integer", "null"]}, "lag_ms_p999": {"type": ["integer", "null"]}, "visible": {"type": "integer"},
                  "lost": {"type": "integer"}, "rejected": {"type": "integer"},
                  "alarm": {"type": ["object", "null"], "required": ["since", "reason"], "properties": {
                    "since": {"type": "string", "format": "date-time"}, "reason": {"type": "string"}}}}
              },
              "OperatorHold": {
                "type": ["object", "null"], "required": ["until", "client", "at"], "description": "An operator's hold: nothing is sent before until; null without one.",
                "properties": {
                  "until": {"type": "string", "format": "date-time"}, "client": {"type": "string"}, "at": {"type": "string", "format": "date-time"}}
              },
              "ProviderOrder": {
                "type": "object", "required": ["provider", "operator_hold"],
                "properties": {"provider": {"type": "string"}, "operator_hold": {"$ref": "#/components/schemas/OperatorHold"}}
              },
              "Client": {
                "type": "object", "required": ["name", "tenant", "scopes", "journal", "limits"],
                "properties": {
                  "name": {"type": "string"}, "tenant": {"type": "string"}, "scopes": {"type": "array", "items": {"type": "string"}},
                  "journal": {"type": "string", "description": "Identifies this journal permanently."},
                  "limits": {"type": "object", "required": ["body_bytes"], "properties": {"body_bytes": {"type": "integer"}}}
                }
              },
              "ReloadResult": {
                "type": "object", "required": ["status", "changes", "stranded", "warnings"],
                "properties": {
                  "status": {"enum": ["reloaded", "unchanged", "valid"]}, "changes": {"type": "array", "items": {"type": "object"}},
                  "stranded": {"type": "array", "items": {"type": "object"}}, "warnings": {"type": "array", "items": {"type": "object"}}
                }
              },
              "AuditPage": {
                "type": "object", "required": ["entries", "next_cursor"],
                "properties": {
                  "next_cursor": {"type": ["string", "null"]},
                  "entries": {"type": "array", "items": {
                    "type": "object",
                    "required": ["number", "at", "category", "action", "actor", "tenant", "key_id", "remote_address", "details"],
                    "properties": {
                      "number": {"type": "integer"}, "at": {"type": "string", "format": "date-time"},
                      "category": {"enum": ["administration", "sign_in", "refused", "session", "vendor_read", "vendor_write"]}, "action": {"type": "string"},
                      "actor": {"type": ["string", "null"], "description": "The client or operating system user; null for failed sign-ins and for the gateway itself."},
                      "tenant": {"type": ["string", "null"]}, "key_id": {"type": ["string", "null"]},
                      "remote_address": {"type": ["string", "null"]},
                      "details": {"type": "object", "additionalProperties": {"type": "string"}, "properties": {"request_id": {"type": "string", "description": "Of the request that did it, or that was refused; of several refusals, the first."}}}}}}
                }
              },
        \#(OpenAPIMigrations.schemas),
        \#(OpenAPIMigrationOrders.schemas),
        \#(OpenAPIBackfills.schemas),
              "Readiness": {
                "type": "object", "required": ["status"],
                "properties": {
                  "status": {"enum": ["ready", "not ready"]},
                  "parts": {"type": "array", "description": "Only with a key.", "items": {
                    "type": "object", "required": ["name", "ready", "detail"],
                    "properties": {"name": {"type": "string"}, "ready": {"type": "boolean"}, "detail": {"type": "string"}}}}
                }
              },
              "EventFault": {
                "type": "object", "required": ["index", "field", "code", "message"],
                "properties": {
                  "index": {"type": ["integer", "null"]}, "field": {"type": ["string", "null"]}, "code": {"type": "string"}, "message": {"type": "string"}
                }
              },
              "Problem": {
                "type": "object", "required": ["type", "title", "status", "detail", "request_id"],
                "properties": {
                  "type": {"type": "string", "format": "uri"}, "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"},
                  "errors": {"type": "array", "items": {"$ref": "#/components/schemas/EventFault"}}, "errors_omitted": {"type": "integer", "description": "Number of faults beyond those listed in errors."}, "faults": {"type": "array", "items": {"type": "object"}},
                  "error": {"type": "object"}, "request_id": {"type": "string"}
                }
              }
            }
        """#
}
