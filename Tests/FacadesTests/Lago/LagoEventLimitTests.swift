import Events
import JSON
import Testing

/// Where the facade is stricter than Lago: lengths, times that cannot be meant, and what PostgreSQL cannot store.
@Suite struct LagoEventLimitTests {
    private func details(_ members: String) -> String? {
        var lago = DialectStage("lago")
        let reply = lago.send("POST", "/events", #"{"event":{\#(members)}}"#)
        #expect((reply.status == 200) == (lago.stored.count == 1))
        return reply.status == 200 ? nil : reply.json?["error_details"].map { String(decoding: $0.raw, as: UTF8.self) }
    }

    private static func text(_ character: String, _ count: Int) -> String { String(repeating: character, count: count) }
    private static let rest = #""external_subscription_id":"s","code":"c""#

    /// Ids count by bytes, names by characters.
    @Test(arguments: ["x", "é", "日"])
    func `ids have 255 bytes, and codes 128 characters`(character: String) {
        let most = 255 / character.utf8.count
        #expect(details(#""transaction_id":"\#(Self.text(character, most))",\#(Self.rest)"#) == nil)
        #expect(
            details(#""transaction_id":"\#(Self.text(character, most + 1))",\#(Self.rest)"#)
                == #"{"transaction_id":["value_is_too_long"]}"#
        )
        let subscription = Self.text(character, most + 1)
        #expect(
            details(#""transaction_id":"t","external_subscription_id":"\#(subscription)","code":"c""#)
                == #"{"external_subscription_id":["value_is_too_long"]}"#
        )
        let event = #""transaction_id":"t","external_subscription_id":"s","code":"#
        #expect(details(#"\#(event)"\#(Self.text(character, 128))""#) == nil)
        #expect(details(#"\#(event)"\#(Self.text(character, 129))""#) == #"{"code":["value_is_too_long"]}"#)
    }

    @Test(arguments: [
        ("0", "1970-01-01T00:00:00.000Z"), ("-0.0005", "1970-01-01T00:00:00.000Z"), ("-1", "1969-12-31T23:59:59.000Z"),
        (#"" 1772366400 ""#, "2026-03-01T12:00:00.000Z"), (#""+1""#, "1970-01-01T00:00:01.000Z"),
        ("1.7723664e9", "2026-03-01T12:00:00.000Z"), ("7258118400", "2200-01-01T00:00:00.000Z"),
        ("-62135596800", "0001-01-01T00:00:00.000Z"), ("1772366400.2509", "2026-03-01T12:00:00.250Z"),
    ])
    func `takes seconds in every form that Ruby reads`(timestamp: String, kept: String) throws {
        var lago = DialectStage("lago")
        let body = #"{"event":{"transaction_id":"t",\#(Self.rest),"timestamp":\#(timestamp)}}"#
        #expect(lago.send("POST", "/events", body).status == 200)
        #expect(lago.stored.first?.event.timestamp.rfc3339 == kept)
    }

    @Test(arguments: [
        ("1772366400250", "milliseconds_where_seconds_are_expected"),
        ("7258118400.001", "milliseconds_where_seconds_are_expected"),
        (#""1772366400250""#, "milliseconds_where_seconds_are_expected"),
        ("1e300", "milliseconds_where_seconds_are_expected"),
        ("-62135596801", "invalid_format"), ("-1e300", "invalid_format"), ("true", "invalid_format"),
        ("[]", "invalid_format"),
        (#""""#, "invalid_format"), (#""2026-03-01T12:00:00Z""#, "invalid_format"), (#""NaN""#, "invalid_format"),
        (#"".5""#, "invalid_format"), (#""٧""#, "invalid_format"),
    ])
    func `refuses times that cannot be meant`(timestamp: String, code: String) {
        #expect(
            details(#""transaction_id":"t",\#(Self.rest),"timestamp":\#(timestamp)"#) == #"{"timestamp":["\#(code)"]}"#
        )
    }

    @Test(arguments: [
        (#""transaction_id":"a\u0000",\#(rest)"#, "transaction_id"),
        (#""transaction_id":"t","external_subscription_id":"\u0000","code":"c""#, "external_subscription_id"),
        (#""transaction_id":"t","external_subscription_id":"s","code":"\u0000c""#, "code"),
        (#""transaction_id":"t",\#(rest),"external_customer_id":"\u0000""#, "external_customer_id"),
        (#""transaction_id":"t",\#(rest),"properties":{"a":["\u0000"]}"#, "properties"),
        (#""transaction_id":"t",\#(rest),"properties":{"\u0000":1}"#, "properties"),
    ])
    func `refuses U+0000, which PostgreSQL answers with 500 each time`(members: String, field: String) {
        #expect(details(members) == #"{"\#(field)":["value_contains_a_nul_character"]}"#)
    }

    @Test func `refuses properties that are nested too deep`() {
        func nested(_ depth: Int) -> String {
            Self.text(#"{"a":"#, depth) + "1" + Self.text("}", depth)
        }
        #expect(details(#""transaction_id":"t",\#(Self.rest),"properties":\#(nested(32))"#) == nil)
        #expect(
            details(#""transaction_id":"t",\#(Self.rest),"properties":\#(nested(33))"#)
                == #"{"properties":["nested_too_deep"]}"#
        )
    }

    /// All that is wrong with an event is named at once, in the order of the fields.
    @Test func `names every field that is wrong`() {
        #expect(
            details(#""transaction_id":" ","code":[],"timestamp":"x","precise_total_amount_cents":"x""#)
                == #"{"transaction_id":["value_is_mandatory"],"code":["value_is_mandatory"],"#
                + #""external_subscription_id":["value_is_mandatory"],"timestamp":["invalid_format"],"#
                + #""precise_total_amount_cents":["invalid_format"]}"#
        )
    }
}
