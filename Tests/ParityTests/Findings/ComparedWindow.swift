import Events
import Parity

/// Events of one window at one provider, for tests of what a comparison makes of them.
enum ComparedWindow {
    static let readAt = Timestamp(milliseconds: 10_000_000)
    static let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1_000_000))
    static let plain = Destination(provider: "lago", adapter: "a", mode: .primary)
    static let delivered = LedgerState.delivered(deduplicated: false, at: nil)

    /// An event of long ago.
    /// - Parameter sentName: what the vendor calls it; nil: as the gateway does.
    static func event(
        _ number: Int,
        _ name: String = "api",
        _ state: LedgerState = delivered,
        sentName: String? = nil,
        isTranslatable: Bool = true,
        isCanary: Bool = false
    ) -> ExpectedEvent {
        let time = Timestamp(milliseconds: Int64(number) * 1000)
        let event = AcceptedEvent(
            CanonicalEvent(name: name, customerID: "c", timestamp: time),
            id: EventID("e\(number)"),
            in: Submission(
                tenant: "t",
                client: "shop",
                acceptedAt: time,
                plan: Plan(route: "r", destinations: [isCanary ? plain.forCanaries : plain])
            )
        )
        let sent = VendorEvent(id: "e\(number)", name: sentName ?? name, customerID: "c", timestamp: time)
        return ExpectedEvent(
            sequence: SequenceNumber(Int64(number + 1)),
            event: event,
            sent: isTranslatable ? sent : nil,
            state: state
        )
    }

    static func decision(isJournalDamaged: Bool = false) -> CauseDecision {
        CauseDecision(readAt: readAt, lag: .seconds(60), isJournalDamaged: isJournalDamaged)
    }

    static func compare(_ expected: [ExpectedEvent], _ rows: [WindowRow]) -> WindowComparison {
        WindowComparison.compare(
            expected,
            with: rows,
            { _ in ComparisonRules(identity: []) },
            at: "lago",
            deciding: decision()
        )
    }

    static func rows(_ events: [VendorEvent?]) -> [WindowRow] {
        events.compactMap(\.self).map { WindowRow(key: nil, event: $0) }
    }
}
