import Events
import Parity
import Testing

/// What events come to after corrections.
@Suite struct UsageCorrectionsTests {
    private static let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1000))

    private func event(_ id: String, _ units: String, _ destinations: [Destination] = []) -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(
                name: "api",
                customerID: "c",
                timestamp: Timestamp(milliseconds: 5),
                properties: JSONText(checked: #"{"units":\#(units)}"#)
            ),
            id: EventID(id),
            in: Submission(
                tenant: "t",
                client: "c",
                acceptedAt: Timestamp(milliseconds: 5),
                plan: Plan(route: "r", destinations: destinations)
            )
        )
    }

    private func correction(_ id: String, _ units: String, _ style: CorrectionStyle, at providers: ProviderName...)
        -> AcceptedEvent
    {
        let kind = CorrectionID(EventID(id))?.earlierKind ?? .void
        let destinations = providers.map { provider in
            Destination(provider: provider, adapter: "acme", mode: .primary).correcting(style, kind, property: "units")
        }
        return event(id, units, destinations)
    }

    /// The usage of the events, in two passes as the API makes them.
    private func usage(_ events: [AcceptedEvent], _ aggregate: MetricAggregate) throws -> [String] {
        let question = UsageTable.Question(
            name: "api",
            aggregate: aggregate,
            property: aggregate.needsProperty ? "units" : nil,
            window: Self.window,
            part: nil,
            customers: []
        )
        func table(_ corrections: UsageCorrections) -> UsageTable {
            var table = UsageTable(question, correctedBy: corrections)
            for (index, event) in events.enumerated() { table.add(event, SequenceNumber(Int64(index + 1))) }
            return table
        }
        let rows = table(table(UsageCorrections()).corrections).rows
        return rows.map { "\($0.units ?? "?") in \($0.events)" }
    }

    @Test(arguments: [MetricAggregate.sum, .count, .max])
    func `a voided event counts as none, however the vendors take it back`(aggregate: MetricAggregate) throws {
        let events = [
            event("a", "5"), event("b", "2"), correction("correction:a", "-5", .beside, at: "p"),
            correction("correction-2:a", "0", .replacing, at: "q"),
        ]
        #expect(try usage(events, aggregate) == [aggregate == .count ? "1 in 1" : "2 in 1"])
    }

    @Test func `an adjusted event counts once, with its new value`() throws {
        let beside = [event("a", "5"), correction("adjust:a", "2", .beside, at: "p")]
        #expect(try usage(beside, .sum) == ["7 in 1"])
        #expect(try usage(beside, .max) == ["7 in 1"])
        let replaced = [
            event("a", "5"), correction("adjust-replace:a", "7", .replacing, at: "p"),
            correction("adjust-2-replace:a", "3", .replacing, at: "p"),
        ]
        #expect(try usage(replaced, .sum) == ["3 in 1"])
        #expect(try usage(replaced, .latest) == ["3 in 1"])
        let both = beside + [correction("adjust-replace:a", "7", .replacing, at: "q")]
        #expect(try usage(both, .sum) == ["7 in 1"])
    }

    @Test func `events that only look like corrections count`() throws {
        #expect(try usage([event("a", "5"), event("void:a", "4")], .sum) == ["9 in 2"])
        #expect(try usage([event("a", "5"), correction("void:else", "4", .beside, at: "p")], .sum) == ["5 in 1"])
    }
}
