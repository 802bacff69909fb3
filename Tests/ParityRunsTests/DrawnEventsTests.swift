import Events
import Parity
import Testing

@testable import ParityRuns

/// Which ids are asked for at once.
@Suite struct DrawnEventsTests {
    private static let traits = ReadTraits(lag: .seconds(1), lists: ListTraits(pageSize: 100), idsPerRequest: 3)
    private static let rules = ComparisonRules(identity: nil, idProperties: ["a", "b"])

    private static func event(_ number: Int, _ properties: String) -> ExpectedEvent {
        let time = Timestamp(milliseconds: 0)
        let event = AcceptedEvent(
            CanonicalEvent(name: "n", customerID: "c", timestamp: time),
            id: EventID("e\(number)"),
            in: Submission(tenant: "t", client: "c", acceptedAt: time, plan: Plan(route: "r", destinations: []))
        )
        let sent = VendorEvent(id: nil, name: "n", timestamp: time, properties: JSONText(checked: properties))
        return ExpectedEvent(
            sequence: SequenceNumber(Int64(number)),
            event: event,
            sent: sent,
            state: .delivered(deduplicated: false, at: nil)
        )
    }

    @Test func `asks for as many ids as a request may have, of one property each`() throws {
        var drawn = try #require(DrawnEvents(Self.rules, Self.traits))
        let events = (0..<5).map { Self.event($0, #"{"a":"\#($0)"}"#) } + [Self.event(5, #"{"b":"5"}"#)]
        let isKnown = drawn.add(events)
        let isOneUnknown = !drawn.add([Self.event(6, #"{"a":"6"}"#), Self.event(7, "{}")])
        #expect(isKnown && isOneUnknown)
        let expected: [DrawnEvents.Request] = [
            .init(property: "a", ids: ["0", "1", "2"]), .init(property: "a", ids: ["3", "4"]),
            .init(property: "b", ids: ["5"]),
        ]
        #expect(drawn.requests == expected && drawn.sequences == Set((0...5).map { SequenceNumber($0) }))
    }

    @Test func `asks for fewer ids that are long`() throws {
        var drawn = try #require(DrawnEvents(Self.rules, Self.traits))
        let long = String(repeating: "x", count: 1999)
        _ = drawn.add((0..<3).map { Self.event($0, #"{"a":"\#($0)\#(long)"}"#) })
        #expect(drawn.requests.map(\.ids.count) == [2, 1])
    }

    @Test func `asks for none where the vendor finds none`() {
        #expect(DrawnEvents(ComparisonRules(identity: []), Self.traits) == nil)
        #expect(DrawnEvents(ComparisonRules(identity: nil), Self.traits) == nil)
        #expect(DrawnEvents(Self.rules, ReadTraits(lag: .seconds(1), lists: ListTraits(pageSize: 100))) == nil)
    }
}
