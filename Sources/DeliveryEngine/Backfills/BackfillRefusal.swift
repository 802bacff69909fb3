package import Events
package import Journal
package import Routing

/// Why a backfill is not started, or not changed. Nothing was done.
package enum BackfillRefusal: Error, Sendable, Equatable {
    case unknownProvider(ProviderName, known: [ProviderName])
    /// A provider into which other tenants send, too.
    case sharedProvider(ProviderName)
    case emptyWindow(since: Timestamp, until: Timestamp)
    case futureWindow(since: Timestamp)
    /// The journal has nothing that old.
    case beforeRetention(since: Timestamp, earliest: Timestamp)
    /// The periods of some customers began before the oldest events that the journal has.
    case incompletePeriods(IncompletePeriods)
    /// Those of all customers did.
    case allIncomplete(IncompletePeriods)
    /// No route sends to the provider.
    case noRoute(ProviderName)
    /// The routes send to it in mode `shadow` only.
    case notLive(ProviderName)
    case unreadable(ProviderName, vendor: String)
    /// Its vendor bills by receipt, and a migration has moved customers.
    case moved(ProviderName, vendor: String, MigrationName)
    /// What it does to the bill should be confirmed.
    case unconfirmed(effect: String)
    case overlaps(Lane)
    case unknown(LaneNumber)
    /// It cannot be changed so in its state.
    case wrongState(Lane)
    case store(StoreError)

    /// What is wrong, and how to fix it; nil if the store is what is wrong.
    package var message: String? {
        switch self {
        case .unknownProvider(let name, let known):
            "routes.json has no provider \"\(Excerpt.of(name.rawValue))\"; name one of \(known.map(\.rawValue).joined(separator: ", "))"
        case .sharedProvider(let name):
            "provider \(name) is not this tenant's alone; only a client with the scope admin can backfill it"
        case .emptyWindow(let since, let until):
            "the window ends before it starts: \(until.rfc3339) is not after \(since.rfc3339); set a later end"
        case .futureWindow(let since):
            "the window starts in the future, at \(since.rfc3339), where there are no events; set an earlier start"
        case .beforeRetention(let since, let earliest):
            "the window starts at \(since.rfc3339), and events of that time have been removed; start it at "
                + "\(earliest.rfc3339) or later"
        case .incompletePeriods(let periods):
            "the journal has events from \(periods.earliest.rfc3339) on, after the start of the running billing period of "
                + "\(periods.subject), whose bills would be incomplete; leave these customers out, or fill them in their next period"
        case .allIncomplete(let periods):
            "the journal has events from \(periods.earliest.rfc3339) on, after the start of the running billing period of "
                + "\(periods.subject), which leaves no customer to backfill; wait until the next period, or set \"since\" to a "
                + "later time and import what is missing"
        case .noRoute(let name):
            "no route sends events to provider \(name); first add it to the \"to\" of a route in routes.json"
        case .notLive(let name):
            "the routes do not deliver to provider \(name), so events accepted from now on would be missing there; "
                + "set its mode to \"mirror\" in routes.json, or start it without live delivery"
        case .unreadable(let name, let vendor):
            "\(vendor) counts an event again if it is sent twice and cannot be read, so what a crash leaves "
                + "uncertain at provider \(name) stays uncertain; accept that to start"
        case .moved(let name, let vendor, let migration):
            "\(vendor) bills events in the period in which it gets them, and the migration \(migration) has moved customers, so past "
                + "events that are on another bill would be billed at provider \(name) again; this cannot be backfilled"
        case .unconfirmed(let effect): "\(effect) Confirm that to start."
        case .overlaps(let lane):
            "backfill \(lane.number) to provider \(lane.provider) is \(lane.state.rawValue), and may include the same events; "
                + "wait until it has ended, or cancel it"
        case .unknown(let number): "no backfill has the number \(number); see the list of backfills"
        case .wrongState(let lane): "backfill \(lane.number) is \(lane.state.rawValue), so this is not possible"
        case .store: nil
        }
    }
}
