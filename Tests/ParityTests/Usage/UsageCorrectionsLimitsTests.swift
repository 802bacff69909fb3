import Events
import Parity
import Testing

/// How many corrections are kept, and which events they are of.
@Suite struct UsageCorrectionsLimitsTests {
    private static func event(_ id: String, _ units: String, _ destinations: [Destination] = [], tenant: TenantID = "t")
        -> AcceptedEvent
    {
        AcceptedEvent(
            CanonicalEvent(
                name: "api",
                customerID: "c",
                timestamp: Timestamp(milliseconds: 5),
                properties: JSONText(checked: #"{"units":\#(units)}"#)
            ),
            id: EventID(id),
            in: Submission(
                tenant: tenant,
                client: "c",
                acceptedAt: Timestamp(milliseconds: 5),
                plan: Plan(route: "r", destinations: destinations)
            )
        )
    }

    private static func correction(_ id: String, _ units: String, tenant: TenantID = "t") -> AcceptedEvent {
        let kind = CorrectionID(EventID(id))?.earlierKind ?? .void
        let destination = Destination(provider: "p", adapter: "acme", mode: .primary)
            .correcting(.replacing, kind, property: "units")
        return event(id, units, [destination], tenant: tenant)
    }

    private static func outcome(_ corrections: UsageCorrections, of event: AcceptedEvent) -> String {
        switch corrections.outcome(of: event) {
        case .nothing: "nothing"
        case .event(let properties): properties?.description ?? "none"
        }
    }

    @Test func `an event that nobody corrected counts as it is`() {
        let corrections = UsageCorrections()
        #expect(corrections.isEmpty && !corrections.isTooLarge)
        #expect(Self.outcome(corrections, of: Self.event("a", "5")) == #"{"units":5}"#)
    }

    @Test func `a correction is of one tenant's event`() {
        var corrections = UsageCorrections()
        let isPlain = corrections.add(Self.event("a", "5"))
        let isCorrection = corrections.add(Self.correction("adjust-replace:a", "7"))
        #expect(!isPlain && isCorrection)
        #expect(Self.outcome(corrections, of: Self.event("a", "5")) == #"{"units":7}"#)
        #expect(Self.outcome(corrections, of: Self.event("b", "5")) == #"{"units":5}"#)
        #expect(Self.outcome(corrections, of: Self.event("a", "5", tenant: "other")) == #"{"units":5}"#)
    }

    @Test func `so many corrections are kept, and it is said when there are more`() {
        var corrections = UsageCorrections()
        let correction = Self.correction("adjust-replace:a", "7")
        for _ in 0..<UsageCorrections.most { _ = corrections.add(correction) }
        #expect(!corrections.isTooLarge)
        let isCorrection = corrections.add(Self.correction("adjust-replace:b", "9"))
        #expect(isCorrection && corrections.isTooLarge)
        #expect(Self.outcome(corrections, of: Self.event("b", "5")) == #"{"units":5}"#, "it is not kept")
    }
}
