extension Array where Element == ArchivedEvent {
    /// The events that a provider has, or should have: without events that a delivered correction has replaced there, and without
    /// replacements that are not delivered. In the order of the array, which is the journal's.
    /// - Parameter known: replacements in other parts of the journal.
    package func counting(at provider: ProviderName, besides known: Replacements = Replacements()) -> [ArchivedEvent] {
        guard !known.isEmpty || contains(where: { $0.event.plan.isOfCorrections }) else { return self }
        var replacements = known
        for archived in self { replacements.add(archived) }
        return filter { replacements.counts($0, at: provider) }
    }
}

/// Which events of the journal replace others at a provider.
///
/// A correction that replaces an event has the same timestamp, but may be far behind it in the journal. Memory grows only with the number
/// of replacements.
package struct Replacements: Sendable {
    private struct Original: Hashable {
        let provider: ProviderName
        let event: EventIdentityInJournal
    }

    /// The newest replacement of an event.
    private var newest: [Original: SequenceNumber] = [:]

    package init() {}

    package var isEmpty: Bool { newest.isEmpty }
    package var count: Int { newest.count }

    /// Adds an event of the journal, if it is a replacement that a provider has received.
    package mutating func add(_ archived: ArchivedEvent) {
        guard let original = archived.event.corrects?.original else { return }
        for destination in archived.event.plan.destinations where destination.correction == .replacing {
            let delivery = archived.deliveries.first { $0.provider == destination.provider }
            guard delivery?.status == .delivered else { continue }
            let key = Original(
                provider: destination.provider,
                event: EventIdentityInJournal(archived.event, original)
            )
            newest[key] = Swift.max(newest[key] ?? archived.sequence, archived.sequence)
        }
    }

    /// Whether a provider has the event, or should have it.
    package func counts(_ archived: ArchivedEvent, at provider: ProviderName) -> Bool {
        let event = archived.event
        guard let destination = event.plan.destination(at: provider), destination.correction == .replacing,
            let original = event.corrects?.original
        else {
            // A correction is only at the providers that its plan names.
            return newest[Original(provider: provider, event: EventIdentityInJournal(event, event.id))] == nil
        }
        return newest[Original(provider: provider, event: EventIdentityInJournal(event, original))] == archived.sequence
    }
}

/// Identifies an event of the journal among all others.
package struct EventIdentityInJournal: Hashable, Sendable {
    private let tenant: TenantID
    private let scope: [UInt8]
    private let id: EventID

    /// - Parameter id: the event's own, or that of another one in its scope.
    package init(_ event: AcceptedEvent, _ id: EventID) {
        tenant = event.tenant
        scope = Array(event.idScope.utf8)
        self.id = id
    }
}
