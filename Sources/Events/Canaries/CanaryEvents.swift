/// Test events that the gateway sends by itself, to measure how long a vendor takes to show one. That an event is one, the settings of its
/// destination say, which no client and no `routes.json` can set; the journal's format needs no field for it.
extension DestinationSettings {
    /// The setting of a canary's destination.
    package static let canary = "canary"
    /// What no `routes.json` sets, and a retry with other settings keeps.
    package static let reserved = ofCorrections + [canary]
}

extension Destination {
    /// Whether only canaries go here.
    package var isForCanaries: Bool { settings.flag(DestinationSettings.canary) }

    /// The destination for a canary, which is sent as the route's own events are, under its own name.
    package var forCanaries: Destination {
        var values = settings.values
        values[DestinationSettings.canary] = .flag(true)
        return Destination(
            provider: provider,
            adapter: adapter,
            mode: .mirror,
            settings: DestinationSettings(values)
        )
    }
}

extension Plan {
    /// Whether its events are canaries, which count nowhere: not in comparisons, usage, plans, backfills or the gates of migrations.
    package var isOfCanaries: Bool { destinations.contains(where: \.isForCanaries) }
}

extension TenantID {
    /// The tenant of canaries: no client can have this name, so no client sees them among its events.
    package static var canary: TenantID { TenantID("(canary)") }
}

extension ClientName {
    /// Who sends canaries: no client can have this name.
    package static var canary: ClientName { ClientName("(canary)") }
}
