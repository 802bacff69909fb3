import Events
import JSON
import Testing

@testable import tollgate

/// What the gateway's JSON becomes in a table's row.
@Suite struct RowsTests {
    private func json(_ text: String) throws -> JSONValue {
        try JSONDocument(parsing: Array(text.utf8)).root
    }

    @Test func `shows an event with the states of its deliveries, the commonest first`() throws {
        let event = try json(
            #"""
            {"id": "e1", "timestamp": "2026-01-02T03:04:05.000Z", "name": "n", "customer_id": "c", "subscription_id": "s",
             "deliveries": [{"status": "retrying"}, {"status": "delivered"}, {"status": "pending"}, {"status": "delivered"}]}
            """#
        )
        #expect(
            EventRows.row(event) == [
                "2026-01-02T03:04:05.000Z", "e1", "n", "c", "s", "2 delivered, 1 pending, 1 retrying",
            ]
        )
        #expect(EventRows.row(event).count == EventRows.header.count)
    }

    @Test func `shows a dash for what an event does not have`() throws {
        let event = try json(#"{"timestamp": "t", "name": "n", "customer_id": null, "deliveries": []}"#)
        #expect(EventRows.row(event) == ["t", "-", "n", "-", "-", "-"])
    }

    @Test func `shows a delivery with its error, and whether the vendor had the event already`() throws {
        let delivery = try json(
            #"""
            {"provider": "p", "mode": "primary", "status": "delivered", "deduplicated": true, "attempts": 2, "http_status": 200,
             "next_attempt_at": null, "error": {"code": "timeout", "message": "no answer"}}
            """#
        )
        #expect(
            DeliveryRows.row(delivery) == [
                "p", "primary", "delivered (deduplicated)", "2", "200", "-", "timeout: no answer",
            ]
        )
        #expect(DeliveryRows.row(delivery).count == DeliveryRows.header.count)
    }

    @Test func `says of a retry that is overdue since when it is`() throws {
        let time = "2026-01-02T03:04:05.000Z"
        let now = try #require(Timestamp(rfc3339: time))
        #expect(DeliveryRows.nextAttempt(time, now: now) == time)
        #expect(DeliveryRows.nextAttempt(time, now: now + .milliseconds(1)) == "due since \(time)")
        #expect(DeliveryRows.nextAttempt(nil) == "-")
    }

    @Test func `shows every attempt with the vendor's message`() throws {
        let delivery = try json(
            #"""
            {"provider": "p", "history": [
               {"at": "t1", "status": "retrying", "http_status": 503, "latency_ms": 12,
                "error": {"code": "vendor_unavailable", "message": "down", "vendor": "back soon"}},
               {"at": "t2", "status": "delivered", "http_status": null, "latency_ms": null, "error": null}]}
            """#
        )
        #expect(
            DeliveryRows.attempts(delivery) == [
                ["t1", "p", "retrying", "503", "12", "vendor_unavailable: down", "back soon"],
                ["t2", "p", "delivered", "-", "-", "-", "-"],
            ]
        )
    }
}
