import Events
import Randomness
import Testing

@testable import Dashboard

@Suite struct TryFormTests {
    /// The form has no way to say a number, so an event with one would be sent without it: at the present time, for a timestamp.
    @Test(arguments: [
        #"{"name": "a", "customer_id": "c", "timestamp": 1767225600}"#,
        #"{"name": "a", "customer_id": "c", "timestamp": 1767225600.5}"#,
        #"{"name": "a", "customer_id": 7}"#, #"{"name": 7, "customer_id": "c"}"#,
        #"{"name": "a", "customer_id": "c", "source": null}"#, #"{"name": "a", "subscription_id": true}"#,
        #"{"name": "a", "customer_id": ["c"]}"#, #"{"name": {"a": 1}, "customer_id": "c"}"#,
        #"{"name": "a", "customer_id": "c", "properties": null}"#,
        #"{"name": "a", "customer_id": "c", "properties": [1]}"#,
        #"{"name": "a", "customer_id": "c", "properties": "{}"}"#,
        #"{"name": "a", "customer_id": "c", "Name": "b"}"#, #"{"na\u006de ": "a"}"#, "null", "\"name\"", "", " ",
        "{\"name\": \"a\"}}", "{\"name\": \"a\",}",
    ])
    func `leaves an event that it has no fields for to the editor of JSON`(text: String) {
        #expect(TryForm(text) == nil)
    }

    @Test func `an event whose time is a number keeps its time in the editor of JSON`() throws {
        let text = #"{"name": "a", "customer_id": "c", "timestamp": 1767225600}"#
        let event = try #require(EventReader().read(Array(text.utf8), as: .json).events.first?.event)
        #expect(event.timestamp == Timestamp(milliseconds: 1_767_225_600_000), "a time in seconds is valid")
        #expect(TryForm(text) == nil)
    }

    @Test func `knows a field by its name, however that is written`() throws {
        let form = try #require(TryForm(#"{"n\u0061me": "a", "custo\u006der_id": "c\u0000d"}"#))
        #expect(form == TryForm(name: "a", customer: "c\u{0}d"))
        #expect(try #require(TryForm("{}")) == TryForm())
    }

    @Test func `leaves out fields that are empty`() throws {
        #expect(try TryForm().event.get() == "{}")
        #expect(try TryForm(source: "s").event.get() == #"{"source":"s"}"#)
    }

    @Test(arguments: [
        "", " ", "\n", "null", "true", "[]", "\"{}\"", "{}{}", "{} x", "{\"a\":}", "{'a': 1}", "{\"a\": NaN}",
        "{\"a\": 01}", "{\"a\": 1", "{\"a\": \"\u{1}\"}",
    ])
    func `says where properties are wrong, and what they must be`(properties: String) throws {
        let event = TryForm(name: "a", properties: properties).event
        guard !properties.isEmpty else {
            #expect(try event.get() == #"{"name":"a"}"#)
            return
        }
        let fault = #expect(throws: EventFault.self) { try event.get() }
        #expect(fault?.field == "properties" && fault?.code == .malformed && fault?.index == nil)
        #expect(fault?.message == #"must be a JSON object, such as {"units": 3}"#)
    }

    /// What the form makes is read as the same fields again, and as one event with these texts.
    @Test(arguments: 1...40)
    func `writes what it reads`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let pieces = [
            "a", "\"", "\\", "/", "\u{0}", "\u{301}", "\u{202E}", "😀", "\n", "{}", "</script>", "é", "\u{7F}",
        ]
        func text() -> String {
            let count = Int.random(in: 1...6, using: &random)
            return (0..<count).compactMap { _ in pieces.randomElement(using: &random) }.joined()
        }
        let form = TryForm(name: text(), customer: text(), subscription: text(), source: text(), timestamp: text())
        let written = try form.event.get()
        #expect(TryForm(written) == form, "\(written)")
        let dated = TryForm(
            name: form.name,
            customer: form.customer,
            source: form.source,
            timestamp: "2026-03-01T00:00:00.250Z",
            properties: #"{"n": 1.10}"#
        )
        let batch = EventReader().read(Array(try dated.event.get().utf8), as: .json)
        let event = try #require(batch.events.first?.event, "\(batch.faults)")
        #expect(batch.faults.isEmpty && batch.events.count == 1)
        #expect(event.name == form.name && event.customerID == form.customer && event.source == form.source)
        #expect(event.timestamp == Timestamp(rfc3339: "2026-03-01T00:00:00.250Z"))
    }
}
