import Events
import Journal
import Parity
import Routing

/// Asks a vendor for events that it confirmed and does not list where they were sent: it may have had another event with the same
/// identity, at another time or of another name, and ignored this one. To send such an event again changes nothing.
struct CollisionSearch {
    private let vendors: any VendorAsking
    private let provider: ProviderConfiguration
    private let reader: any VendorReader
    private let recorded: JournalWindow
    private let lanes: [LaneNumber: any LaneMembership]
    private(set) var calls = 0

    /// Events that one comparison asks a vendor for: one call each.
    static let most = 200

    /// - Returns: nil if the vendor cannot be asked for an event by its identity.
    init?(
        _ vendors: any VendorAsking,
        _ provider: ProviderConfiguration,
        _ recorded: JournalWindow,
        _ lanes: [LaneNumber: any LaneMembership]
    ) {
        guard let reader = provider.adapter.reader, reader.abilities.contains(.find) else { return nil }
        let rules = reader.comparison(of: [], sentWith: recorded.settings(at: provider.name, lanes))
        guard rules.identity != nil || !rules.idProperties.isEmpty else { return nil }
        self.vendors = vendors
        self.provider = provider
        self.reader = reader
        self.recorded = recorded
        self.lanes = lanes
    }

    /// Names the cause of those findings that are collisions.
    mutating func search(_ comparison: inout WindowComparison, limit: Int) async {
        let lost = comparison.findings.enumerated().filter {
            $0.element.cause == .lostAfterAccept && $0.element.isConfirmed
        }
        guard !lost.isEmpty else { return }
        let events = Dictionary(
            recorded.expected(at: provider.name, provider.adapter, lanes).map { ($0.sequence, $0) }
        ) { first, _ in first }
        for (index, finding) in lost.prefix(limit) {
            guard let event = finding.subject.sequence.flatMap({ events[$0] }) else { continue }
            if let differences = await differences(event), !differences.isEmpty {
                comparison.replace(finding.explained(as: .collision, differences), at: index)
            }
        }
    }

    /// In what the vendor's event of this identity differs; nil if it has none, or does not say.
    private mutating func differences(_ expected: ExpectedEvent) async -> [ContentDifference]? {
        let destination = recorded.events.first { $0.sequence == expected.sequence }?.destination(
            at: provider.name,
            lanes
        )
        let wanted = WantedEvent(id: expected.event.id, known: expected.event, destination: destination)
        guard case .done(let shown)? = await vendors.ask(reader.find(wanted), at: provider, counting: &calls) else {
            return nil
        }
        let rules = reader.comparison(of: shown, sentWith: destination.map { [$0.settings] } ?? [])
        return Matcher.match([expected], with: shown, rules).lazy.compactMap { mismatch in
            if case .different(_, _, let differences) = mismatch { differences } else { nil }
        }.first
    }
}
