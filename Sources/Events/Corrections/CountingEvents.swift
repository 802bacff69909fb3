extension Array where Element == ArchivedEvent {
    /// Those that a provider has, or should have: without events that a delivered correction has replaced there, and without
    /// replacements that are not delivered. In the order of the array, which is the journal's.
    package func counting(at provider: ProviderName) -> [ArchivedEvent] {
        guard contains(where: { $0.event.plan.isOfCorrections }) else { return self }
        var replaced: Set<Identity> = []
        var kept: [ArchivedEvent] = []
        for archived in reversed() {
            let event = archived.event
            guard let destination = event.plan.destination(at: provider), destination.correction == .replacing else {
                // Of a correction, nothing is at a provider that its plan does not name.
                if !replaced.contains(Identity(event, event.id)) { kept.append(archived) }
                continue
            }
            let status = archived.deliveries.first { $0.provider == provider }?.status
            guard status == .delivered, let original = event.corrects?.original else { continue }
            if replaced.insert(Identity(event, original)).inserted { kept.append(archived) }
        }
        return kept.reversed()
    }
}

/// What tells an event of the journal from all others.
private struct Identity: Hashable {
    let tenant: TenantID
    let scope: [UInt8]
    let id: EventID

    init(_ event: AcceptedEvent, _ id: EventID) {
        tenant = event.tenant
        scope = Array(event.idScope.utf8)
        self.id = id
    }
}
