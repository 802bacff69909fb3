import Events
import JSON
import TestSupport
import Testing
import Vendors

/// An event that comes in by Knetik's facade and goes out to Knetik is the same event, sent at another time.
@Suite struct KnetikRoundTripTests {
    @Test(
        arguments: [
            #"{"request_type":"newEvent","category":"c","result":"200","event_timestamp":1772366400250,"send_timestamp":1772366401003,"user_id":"u","transaction_id":"t"}"#,
            #"{"request_type":"newEvent","category":"é","result":"ünïcode \"q\"","event_timestamp":100000000000,"send_timestamp":1772366401003,"device_id":"d/1","transaction_id":"ä/%2F","event_properties":{"n":42.50,"big":12345678901234567890,"s":"","b":false}}"#,
            #"{"request_type":"newEvent","category":"c","result":"r","event_timestamp":1772366400250,"send_timestamp":1772366401003,"user_id":"u","device_id":"d","transaction_id":"t","event_properties":{}}"#,
            #"{"request_type":"newEvent","category":"c","result":"r","event_timestamp":1772366400250,"send_timestamp":1772366401003,"user_id":"same","device_id":"same","transaction_id":"t"}"#,
        ]
    )
    func `keeps its meaning`(event: String) throws {
        var knetik = DialectStage("knetik")
        #expect(knetik.send("POST", "/events", event).status == 202)
        let stored = try #require(knetik.stored.first?.event)
        let adapter = try #require(VendorRegistry.adapter(named: "knetik"))
        let sent = try adapter.translate(stored, for: SampleEvent.destination(adapter))
        let (left, right) = (try Self.members(Array(event.utf8)), try Self.members(sent.bytes))
        #expect(Set(left.keys) == Set(right.keys))
        for (name, value) in left {
            #expect(JSONValue.sameContent(value, try #require(right[name])), "\(name)")
        }
    }

    private static func members(_ bytes: [UInt8]) throws -> [String: JSONValue] {
        let root = try JSONDocument(parsing: bytes).root
        return Dictionary(uniqueKeysWithValues: root.members.map { ($0.name, $0.value) })
    }
}
