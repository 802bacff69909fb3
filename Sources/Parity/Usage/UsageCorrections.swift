package import Events

/// Corrections of events, for what the events come to: a voided event counts as none, and an adjusted one with its new properties, however
/// many events the corrections take at the vendors.
///
/// All corrections count from when they are accepted, whether the vendors have them yet or not.
package struct UsageCorrections: Sendable {
    private var records: [EventIdentityInJournal: [ProviderName: [CorrectionRecord]]] = [:]
    private var count = 0

    /// What counts of an event.
    package enum Outcome: Equatable {
        case nothing
        /// With these properties.
        case event(JSONText?)
    }

    package static let most = 100_000

    package init() {}

    package var isEmpty: Bool { records.isEmpty }
    /// Whether there are more than are kept.
    package var isTooLarge: Bool { count > Self.most }

    /// Adds an event of the journal, in the journal's order.
    /// - Returns: whether it is a correction, which counts by what it corrects.
    package mutating func add(_ event: AcceptedEvent) -> Bool {
        guard event.plan.isOfCorrections else { return false }
        guard let id = event.corrects else { return true }
        count += 1
        guard count <= Self.most else { return true }
        let identity = EventIdentityInJournal(event, id.original)
        for destination in event.plan.destinations {
            guard let record = CorrectionRecord(event, at: destination, status: .delivered) else { continue }
            records[identity, default: [:]][destination.provider, default: []].append(record)
        }
        return true
    }

    /// What counts of an event after its corrections: as at the provider at which most of them were made.
    package func outcome(of event: AcceptedEvent) -> Outcome {
        guard let byProvider = records[EventIdentityInJournal(event, event.id)] else { return .event(event.properties) }
        let most = byProvider.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
        let state = CorrectionState(of: event.properties, after: most?.value ?? [])
        return state.voided == nil ? .event(state.properties) : .nothing
    }
}
