import Events
import JSON
import TestSupport
import Testing
import Vendors

/// An event that comes in by Flexprice's facade and goes out to Flexprice is the same event.
@Suite struct FlexpriceRoundTripTests {
    @Test(
        arguments: [
            #"{"event_name":"a","external_customer_id":"c","event_id":"e","timestamp":"2024-03-20T15:04:05.000Z"}"#,
            #"{"event_name":"é","external_customer_id":" a/b ","event_id":"ä/%2F","customer_id":"cust_1","timestamp":"2106-02-07T06:28:15.999Z","source":"api","properties":{"n":1.50,"d":"0.10","x":[{"y":null}],"":true}}"#,
            #"{"event_name":"a","external_customer_id":"c","event_id":"c/e","timestamp":"1970-01-01T00:00:00.001Z","properties":{"\"response_status\"":"200}","{\"request_size\"":"100"}}"#,
            #"{"event_name":"a","external_customer_id":"c","event_id":"e","timestamp":"2024-03-20T15:04:05.000Z","properties":{}}"#,
        ]
    )
    func `keeps its meaning`(event: String) throws {
        let sent = try sentOut(event)
        let (left, right) = (try Self.members(Array(event.utf8)), try Self.members(sent))
        #expect(Set(left.keys) == Set(right.keys))
        for (name, value) in left {
            #expect(JSONValue.sameContent(value, try #require(right[name])), "\(name)")
        }
    }

    @Test func `sends numbers that a float would change as text`() throws {
        let sent = try sentOut(
            #"{"event_name":"a","external_customer_id":"c","properties":{"n":12345678901234567890}}"#
        )
        #expect(try Self.members(sent)["properties"]?["n"]?.string == "12345678901234567890")
    }

    @Test func `tells one id of two customers apart at vendors that know ids alone`() throws {
        var flexprice = DialectStage("flexprice")
        for customer in ["a", "b"] {
            let body = #"{"event_id":"e","event_name":"n","external_customer_id":"\#(customer)"}"#
            #expect(flexprice.send("POST", "/events", body).status == 202)
        }
        for (name, identities) in [
            ("flexprice", ["e", "e"]), ("polar", ["a/e", "b/e"]), ("knetik", ["a/e", "b/e"]),
        ] {
            let adapter = try #require(VendorRegistry.adapter(named: AdapterName(name)))
            let sent = try flexprice.stored.map {
                try adapter.translate($0.event, for: SampleEvent.destination(adapter)).identity
            }
            #expect(sent == identities)
        }
    }

    @Test func `tells one id of two timestamps apart at vendors that know ids alone`() throws {
        var flexprice = DialectStage("flexprice")
        for second in ["00", "09"] {
            let body =
                #"{"event_id":"e","event_name":"n","external_customer_id":"a","timestamp":"2026-11-20T08:00:\#(second)Z"}"#
            #expect(flexprice.send("POST", "/events", body).status == 202)
        }
        let scoped = ["a@2026-11-20T08:00:00.000Z/e", "a@2026-11-20T08:00:09.000Z/e"]
        for (name, identities) in [("flexprice", ["e", "e"]), ("polar", scoped), ("knetik", scoped)] {
            let adapter = try #require(VendorRegistry.adapter(named: AdapterName(name)))
            let sent = try flexprice.stored.map {
                try adapter.translate($0.event, for: SampleEvent.destination(adapter)).identity
            }
            #expect(sent == identities)
        }
    }

    private func sentOut(_ event: String) throws -> [UInt8] {
        var flexprice = DialectStage("flexprice")
        #expect(flexprice.send("POST", "/events", event).status == 202)
        let stored = try #require(flexprice.stored.first?.event)
        let adapter = try #require(VendorRegistry.adapter(named: "flexprice"))
        return try adapter.translate(stored, for: SampleEvent.destination(adapter)).bytes
    }

    private static func members(_ bytes: [UInt8]) throws -> [String: JSONValue] {
        let root = try JSONDocument(parsing: bytes).root
        return Dictionary(uniqueKeysWithValues: root.members.map { ($0.name, $0.value) })
    }
}
