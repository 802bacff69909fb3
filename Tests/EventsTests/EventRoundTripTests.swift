import Events
import JSON
import TestSupport
import Testing

/// What is written in the canonical form is read as the same event.
@Suite struct EventRoundTripTests {
    private static let letters = ["a", "é", "e\u{301}", "\"", "\\", "\n", "\u{0}", "\u{1F600}", "/", " ", "\u{2028}"]

    private func text(_ lengths: ClosedRange<Int>, _ random: inout SeededRandom) -> String {
        (0..<Int.random(in: lengths, using: &random)).map { _ in Self.letters.randomElement(using: &random)! }.joined()
    }

    private func maybe<Value>(_ value: @autoclosure () -> Value, _ random: inout SeededRandom) -> Value? {
        Bool.random(using: &random) ? value() : nil
    }

    private func object(_ random: inout SeededRandom) -> JSONText {
        var writer = JSONWriter()
        writer.beginObject()
        for index in 0..<Int.random(in: 0...4, using: &random) {
            writer.key("\(index)" + text(0...3, &random))
            writer.beginObject()
            writer.member(text(0...2, &random), string: text(0...5, &random))
            writer.endObject()
        }
        writer.endObject()
        return JSONText(checked: writer.bytes[...])
    }

    private func event(_ random: inout SeededRandom) -> AcceptedEvent {
        let isOfSubscription = Bool.random(using: &random)
        let canonical = CanonicalEvent(
            name: text(1...20, &random),
            customerID: isOfSubscription ? nil : text(1...20, &random),
            subscriptionID: isOfSubscription ? text(1...20, &random) : nil,
            timestamp: Timestamp(milliseconds: .random(in: -62_135_596_800_000...253_402_300_799_999, using: &random)),
            source: Bool.random(using: &random) ? text(0...20, &random) : nil,
            properties: Bool.random(using: &random) ? object(&random) : nil,
            vendor: Bool.random(using: &random) ? object(&random) : nil
        )
        let submission = Submission(
            tenant: "t",
            client: "c",
            acceptedAt: Timestamp(milliseconds: 0),
            plan: Plan(route: nil, destinations: [])
        )
        return AcceptedEvent(canonical, id: EventID(text(1...20, &random)), in: submission)
    }

    @Test func `an event is read as it was written, byte for byte`() throws {
        var random = SeededRandom()
        for _ in 0..<2000 {
            let event = event(&random)
            var writer = JSONWriter()
            writer.beginObject()
            EventWriter.writeMembers(of: event, to: &writer)
            writer.endObject()
            let batch = EventReader().read(writer.bytes, as: .json)
            #expect(batch.faults.isEmpty, "seed \(SeededRandom.seed): \(String(decoding: writer.bytes, as: UTF8.self))")
            let read = try #require(batch.events.first?.event)
            #expect(read.id == event.id && read.timestamp == event.timestamp)
            #expect(read.properties == event.properties && read.vendor == event.vendor)
            let texts = [
                (read.name, event.name), (read.customerID, event.customerID),
                (read.subscriptionID, event.subscriptionID),
                (read.source, event.source),
            ]
            for (one, other) in texts { #expect(one.map { Array($0.utf8) } == other.map { Array($0.utf8) }) }
            // And so a repeat of it is no conflict.
            let again = AcceptedEvent(read, id: event.id, in: event.submission)
            #expect(again.fieldsDiffering(from: event).isEmpty && again.hasIdentity(of: event))
        }
    }

    @Test func `a CloudEvent is read with the same name, customer, time and properties`() throws {
        var random = SeededRandom()
        for _ in 0..<1000 {
            let event = event(&random)
            var writer = JSONWriter()
            CloudEventWriter.write(ArchivedEvent(sequence: 7, event: event, deliveries: []), to: &writer)
            #expect(!writer.bytes.contains(UInt8(ascii: "\n")), "an event is a line")
            let batch = EventReader().read(writer.bytes, as: .cloudEvent)
            #expect(batch.faults.isEmpty, "seed \(SeededRandom.seed): \(String(decoding: writer.bytes, as: UTF8.self))")
            let read = try #require(batch.events.first?.event)
            #expect(read.id == event.id && read.timestamp == event.timestamp && read.properties == event.properties)
            #expect(read.name.utf8.elementsEqual(event.name.utf8))
            #expect(read.customerID.map { Array($0.utf8) } == event.customerID.map { Array($0.utf8) })
            #expect(read.subscriptionID.map { Array($0.utf8) } == event.subscriptionID.map { Array($0.utf8) })
        }
    }

    /// All pairs of fields: each alone that differs is named, and no other.
    @Test func `names each field that differs, and no other`() {
        let stored = SampleEvent.accepted(properties: #"{"a":1}"#, vendor: #"{"lago":{}}"#)
        let others: [(String, AcceptedEvent)] = [
            ("name", SampleEvent.accepted(name: "other", properties: #"{"a":1}"#, vendor: #"{"lago":{}}"#)),
            ("customer_id", SampleEvent.accepted(customer: nil, properties: #"{"a":1}"#, vendor: #"{"lago":{}}"#)),
            (
                "subscription_id",
                SampleEvent.accepted(subscription: "", properties: #"{"a":1}"#, vendor: #"{"lago":{}}"#)
            ),
            ("source", SampleEvent.accepted(source: nil, properties: #"{"a":1}"#, vendor: #"{"lago":{}}"#)),
            ("properties", SampleEvent.accepted(properties: #"{"a":1.5}"#, vendor: #"{"lago":{}}"#)),
            ("vendor", SampleEvent.accepted(properties: #"{"a":1}"#, vendor: nil)),
        ]
        for (field, other) in others {
            #expect(other.fieldsDiffering(from: stored) == [field])
            #expect(stored.fieldsDiffering(from: other) == [field])
        }
        let same = SampleEvent.accepted(properties: "{ \"a\" : 1.0 }", vendor: #"{"lago":{}}"#)
        #expect(same.fieldsDiffering(from: stored).isEmpty)
    }

    @Test func `a scope, a tenant or an id of other bytes is another identity`() {
        let event = SampleEvent.accepted(id: "caf\u{E9}", scope: "s")
        #expect(event.hasIdentity(of: SampleEvent.accepted(id: "caf\u{E9}", scope: "s", name: "other")))
        #expect(!event.hasIdentity(of: SampleEvent.accepted(id: "cafe\u{301}", scope: "s")))
        #expect(!event.hasIdentity(of: SampleEvent.accepted(id: "caf\u{E9}", scope: "")))
    }
}
