import Events
import Imports
import Testing

/// Events as the vendors' APIs list them.
@Suite struct VendorRowsTests {
    @Test(
        arguments: [
            (
                .lago,
                #"""
                {"events": [
                  {"lago_id": "1a", "transaction_id": "evt-1", "lago_customer_id": null, "code": "api_request",
                   "timestamp": "2026-10-01T10:00:00.500Z", "precise_total_amount_cents": "12.5",
                   "properties": {"units": 3, "big": 12345678901234567890}, "lago_subscription_id": null,
                   "external_subscription_id": "sub_1", "created_at": "2026-10-01T10:00:01Z"}],
                 "meta": {"current_page": 1}}
                """#,
                #"{"id":"lago:sub_1/evt-1","name":"api_request","subscription_id":"sub_1","#
                    + #""timestamp":"2026-10-01T10:00:00.500Z","properties":{"units": 3, "big": 12345678901234567890},"#
                    + #""vendor":{"lago":{"precise_total_amount_cents":"12.5"}}}"#
            ),
            (
                .polar,
                #"""
                {"items": [{"id": "5f0b", "timestamp": "2026-10-01T10:00:00.123456Z", "organization_id": "o",
                  "customer_id": "u", "customer": {"id": "u"}, "external_customer_id": "c1", "name": "call",
                  "source": "user", "metadata": {"units": 3, "model": "x"}}], "pagination": {"total_count": 1}}
                """#,
                #"{"id":"polar:5f0b","name":"call","customer_id":"c1","timestamp":"2026-10-01T10:00:00.123Z","#
                    + #""properties":{"units": 3, "model": "x"}}"#
            ),
            (
                .flexprice,
                #"""
                {"events": [{"id": "e1", "external_customer_id": "c1", "customer_id": "", "event_name": "call",
                  "timestamp": "2026-10-01T10:00:00Z", "properties": {"size": "100", "zip": "007", "ok": "true", "a": ""},
                  "source": "api", "environment_id": "env"}], "has_more": false}
                """#,
                #"{"id":"flexprice:c1/2026-10-01T10:00:00.000Z/e1","name":"call","customer_id":"c1","#
                    + #""timestamp":"2026-10-01T10:00:00.000Z","source":"api","#
                    + #""properties":{"size":100,"zip":"007","ok":true,"a":""}}"#
            ),
            (
                .stripe,
                #"""
                {"object": "list", "data": [{"object": "billing.meter_event", "created": 1704824589, "event_name": "calls",
                  "identifier": "evt-1", "payload": {"stripe_customer_id": "cus_1", "value": "25"}, "timestamp": 1700000000}]}
                """#,
                #"{"id":"stripe:evt-1","name":"calls","customer_id":"cus_1","timestamp":"2023-11-14T22:13:20.000Z","#
                    + #""properties":{"value":25}}"#
            ),
            (
                .openmeter,
                #"""
                [{"event": {"specversion": "1.0", "id": "e1", "source": "svc", "type": "call", "subject": "c1",
                  "time": "2026-10-01T10:00:00Z", "data": {"n": 1.50}}, "ingestedAt": "2026-10-01T10:00:01Z"}]
                """#,
                #"{"id":"openmeter:svc/e1","name":"call","customer_id":"c1","timestamp":"2026-10-01T10:00:00.000Z","#
                    + #""source":"svc","properties":{"n": 1.50}}"#
            ),
        ] as [(ImportFormat, String, String)]
    )
    func `become the gateway's own, with IDs that follow from the vendor's`(
        format: ImportFormat,
        file: String,
        expected: String
    ) async throws {
        let read = try await ImportFile(file, format)
        #expect(read.items == [expected])
        #expect(read.tally.events == 1 && read.tally.faults == 0)
    }

    @Test func `are the same event again in every row of an invoice's lines`() async throws {
        let row = #"{"id":"e","external_customer_id":"c","event_name":"n","timestamp":"2026-10-01T10:00:00Z"}"#
        let other = row.replacing("10:00:00Z", with: "10:00:01Z")
        let read = try await ImportFile("\(row)\n\(row)\n\(other)", .flexprice)
        #expect(read.items.count == 3 && read.items[0] == read.items[1] && read.items[0] != read.items[2])
    }

    @Test func `leave out what Polar made itself, and what is outside of the times`() async throws {
        func row(_ id: Int, _ source: String = "user") -> String {
            #"{"id":"\#(id)","name":"n","external_customer_id":"c","source":"\#(source)","timestamp":"2026-10-0\#(id)T00:00:00Z"}"#
        }
        let rows = [row(1), row(2), row(3, "system"), row(3), row(4), row(5)].joined(separator: "\n")
        let read = try await ImportFile(rows, .polar, from: "2026-10-02T00:00:00Z", until: "2026-10-04T00:00:00Z")
        #expect(read.items.count == 2 && read.tally.events == 2)
        #expect(
            read.tally.omitted == [
                "events before --from": 1, "events at or after --until": 2, "events that Polar made itself": 1,
            ]
        )
        #expect(read.tally.first?.rfc3339 == "2026-10-02T00:00:00.000Z")
        #expect(read.tally.last?.rfc3339 == "2026-10-03T00:00:00.000Z")
        #expect(read.tally.names == ["n": 2])
    }

    @Test func `have an ID of at most 255 bytes, however long the vendor's is`() async throws {
        let long = String(repeating: "x", count: 300)
        let row = #"{"transaction_id":"\#(long)","external_subscription_id":"s","code":"n","timestamp":1700000000}"#
        let items = try await ImportFile("\(row)\n\(row)\n" + row.replacing("xx\"", with: "xy\""), .lago).items
        #expect(items[0] == items[1] && items[0] != items[2])
        #expect(items[0].hasPrefix(#"{"id":"lago:sha256:"#))
    }

    @Test(
        arguments: [
            (
                .lago, #"{"code":"n","transaction_id":"t","timestamp":1}"#,
                #""external_subscription_id" is missing or empty; use --map subscription_id=NAME"#
            ),
            (
                .stripe, #"{"event_name":"n","identifier":"i","timestamp":1,"payload":{"customer":"c"}}"#,
                #""payload.stripe_customer_id" is missing or empty; use --map customer_id=NAME"#
            ),
            (
                .polar, #"{"id":"1","name":"n","external_customer_id":"c","timestamp":"yesterday"}"#,
                #"the timestamp "yesterday" is neither like"#
            ),
            (
                .polar, #"{"id":"1","name":"n","external_customer_id":"c","timestamp":1,"metadata":[]}"#,
                #""metadata" must be an object, found an array"#
            ),
            (.flexprice, "[1]", "which is a JSON object"), (.lago, "id,name\n1,2", "use tollgate import --format csv"),
        ] as [(ImportFormat, String, String)]
    )
    func `are refused with the field and what would help`(format: ImportFormat, row: String, expected: String)
        async throws
    {
        let items = try await ImportFile(row, format).items
        #expect(items.count == 1 && items[0].contains(expected), "\(items)")
    }
}
