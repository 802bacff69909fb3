import Events
import JSON
import TestSupport
import Testing
import Vendors

/// An event that comes in by Lago's facade and goes out to Lago is the same event.
@Suite struct LagoRoundTripTests {
    @Test(
        arguments: [
            #"{"transaction_id":"t","external_subscription_id":"s","code":"c","timestamp":"1772366400.250"}"#,
            #"{"transaction_id":"ä/%2F","external_subscription_id":"a/b","code":"é","timestamp":"0.000","properties":{"n":12345678901234567890,"d":"0.10","x":[{"y":null}]}}"#,
            #"{"transaction_id":"t","external_subscription_id":"s","code":"c","timestamp":"-5.001","precise_total_amount_cents":"1234.5600"}"#,
            #"{"transaction_id":"t","external_subscription_id":"s","code":"c","timestamp":"7258118400.000","precise_total_amount_cents":"-0.000000000000001","properties":{"flag":true}}"#,
        ]
    )
    func `keeps its meaning`(event: String) throws {
        var lago = DialectStage("lago")
        #expect(lago.send("POST", "/events", #"{"event":\#(event)}"#).status == 200)
        let stored = try #require(lago.stored.first?.event)
        let adapter = try #require(VendorRegistry.adapter(named: "lago"))
        let sent = try adapter.translate(stored, for: SampleEvent.destination(adapter))
        let (left, right) = (try Self.members(Array(event.utf8)), try Self.members(sent.bytes))
        #expect(Set(left.keys) == Set(right.keys))
        for (name, value) in left {
            let other = try #require(right[name])
            if name == "precise_total_amount_cents" {
                // Another way to write the same decimal.
                #expect(JSONNumber(value.string ?? "") == JSONNumber(other.string ?? ""))
            } else {
                #expect(JSONValue.sameContent(value, other), "\(name)")
            }
        }
    }

    private static func members(_ bytes: [UInt8]) throws -> [String: JSONValue] {
        let root = try JSONDocument(parsing: bytes).root
        return Dictionary(uniqueKeysWithValues: root.members.map { ($0.name, $0.value) })
    }
}
