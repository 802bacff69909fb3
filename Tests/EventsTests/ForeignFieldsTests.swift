import Events
import Testing

/// What people send first is the shape that they have: the answer says what to change.
@Suite struct ForeignFieldsTests {
    private func faults(_ text: String) -> [EventFault] {
        EventReader().read(Array(text.utf8), as: .json).faults
    }

    @Test(arguments: [
        (
            #"{"event_name":"x","event_id":"i","external_customer_id":"c","properties":{"q":"1"}}"#,
            ["event_name": "name", "event_id": "id", "external_customer_id": "customer_id"], "/flexprice/v1/events"
        ),
        (
            #"{"event_name":"x","identifier":"i","timestamp":1794332206,"customer_id":"c","payload":{"value":"2"}}"#,
            ["event_name": "name", "identifier": "id", "payload": "properties"], "Stripe"
        ),
        (
            #"{"transaction_id":"t","external_subscription_id":"s","code":"c"}"#,
            ["transaction_id": "id", "external_subscription_id": "subscription_id", "code": "name"],
            "/lago/api/v1/events"
        ),
        (
            #"{"name":"x","external_id":"e","external_customer_id":"c","metadata":{"a":1}}"#,
            ["external_id": "id", "external_customer_id": "customer_id", "metadata": "properties"],
            "/polar/v1/events/ingest"
        ),
        (#"{"id":"m","name":"x","customer_id":"c","metadata":{"a":1}}"#, ["metadata": "properties"], ""),
        (#"{"name":"x","user_id":"c"}"#, ["user_id": "customer_id"], ""),
        (#"{"Name":"x","customerId":"c"}"#, ["Name": "name", "customerId": "customer_id"], ""),
        (#"{"name":"x","customer_id":"c","occurredAt":1794332206}"#, ["occurredAt": "timestamp"], ""),
    ])
    func `says what a field is called here, once for each, and where the whole shape is taken`(
        text: String,
        names: [String: String],
        advice: String
    ) {
        let faults = faults(text)
        #expect(faults.count == names.count, "nothing is missing as well: \(faults)")
        for (theirs, ours) in names {
            let fault = faults.first { $0.field == theirs }
            #expect(fault?.code == .unknownField)
            #expect(fault?.message.contains("it is called \"\(ours)\" here") == true, "\(faults)")
        }
        #expect(faults.count { !advice.isEmpty && $0.message.contains(advice) } == (advice.isEmpty ? 0 : 1))
        #expect(!faults.contains { $0.message.contains("put custom fields") })
    }

    @Test(arguments: [
        (#"{"type":"track","messageId":"m","event":"x","userId":"c","properties":{"q":1}}"#, "Segment"),
        (
            #"{"id":"ce-1","specversion":"1.0","type":"t","source":"edge","subject":"c","time":"2026-11-20T08:00:01Z","data":{}}"#,
            "application/cloudevents+json"
        ),
    ])
    func `says one sentence of a shape in which nothing stands where it belongs`(text: String, words: String) {
        let faults = faults(text)
        #expect(faults.count == 1 && faults[0].index == 0)
        #expect(faults.first?.message.contains(words) == true, "\(faults)")
    }

    @Test(arguments: [
        (#"{"data":[{"id":"w","name":"x","customer_id":"c"}]}"#, "data", #"{"events": [...]}"#),
        (#"{"batch":[{"id":"w","name":"x","customer_id":"c"}],"sentAt":"x"}"#, "batch", "application/x-ndjson"),
        (
            #"{"event":{"transaction_id":"t","external_subscription_id":"s","code":"c"}}"#, "event",
            "/lago/api/v1/events"
        ),
    ])
    func `says how events are sent that come in another wrapping`(text: String, field: String, words: String) {
        let faults = faults(text)
        #expect(faults.map(\.field) == [field] && faults[0].index == nil)
        #expect(faults.first?.message.contains(words) == true, "\(faults)")
    }

    @Test func `does not call a field by a name that the event has already`() {
        let faults = faults(#"{"name":"n","customer_id":"c","properties":{},"metadata":{},"event_name":"m"}"#)
        #expect(faults.map(\.field) == ["metadata", "event_name"])
        #expect(faults.allSatisfy { $0.message.contains("put custom fields in \"properties\"") })
    }

    @Test func `sends a field that nobody knows to the properties, and mends typing mistakes first`() {
        let faults = faults(#"{"nmae":"n","customer_id":"c","colour":"red"}"#)
        #expect(faults.map(\.field) == ["nmae", "colour", "name"])
        #expect(faults[0].message.contains("did you mean \"name\"?"))
        #expect(faults[1].message.contains("put custom fields in \"properties\""))
    }
}
