package import CoreMetrics
package import Events
package import Journal
package import Logging
package import Parity
package import Routing
import Synchronization

/// What watching providers takes of the journal.
package typealias WatchedJournal = EventAppending & EventArchive & JournalAdministration & RecordedTraffic

/// What watching providers works with: reading events back, and canaries.
package struct WatchSurroundings: Sendable {
    let journal: any WatchedJournal
    let store: any WatchKeeping
    let routes: CurrentRoutes
    let vendors: any VendorAsking
    let lags: MeasuredLags
    /// Whether this gateway delivers to a provider.
    let isHere: @Sendable (ProviderName) -> Bool
    let clock: any WallClock
    let metrics: any MetricsFactory
    let logger: Logger

    /// - Parameters:
    ///   - vendors: asks within the read budget.
    ///   - isHere: whether this gateway delivers to a provider: of several, that one watches it.
    package init(
        journal: any WatchedJournal,
        store: any WatchKeeping,
        routes: CurrentRoutes,
        reading vendors: ReadableVendors,
        isHere: @escaping @Sendable (ProviderName) -> Bool,
        clock: any WallClock,
        metrics: any MetricsFactory,
        logger: Logger
    ) {
        self.journal = journal
        self.store = store
        self.routes = routes
        self.vendors = vendors.asking
        lags = vendors.lags
        self.isHere = isHere
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
    }

    /// Watches each provider that has a setting, in a task of its own, so that a vendor that hangs holds up no other.
    /// - Parameters:
    ///   - hasSettings: whether a provider has the setting; otherwise it is not watched.
    ///   - watch: watches one provider until it has the setting no longer, or the task is cancelled.
    func watchAll(
        having hasSettings: @escaping @Sendable (ProviderConfiguration) -> Bool,
        _ watch: @escaping @Sendable (ProviderName) async -> Void
    ) async {
        let watched = WatchedProviders()
        await withDiscardingTaskGroup { group in
            for await snapshot in routes.changes() {
                for provider in snapshot.routes.providers
                where hasSettings(provider) && watched.begin(provider.name) {
                    group.addTask {
                        // A setting that was removed may be back by now.
                        repeat {
                            await watch(provider.name)
                        } while !Task.isCancelled && self.provider(provider.name).map(hasSettings) ?? false
                        watched.end(provider.name)
                    }
                }
            }
        }
    }

    /// The provider as `routes.json` has it now.
    func provider(_ name: ProviderName) -> ProviderConfiguration? {
        routes.current.routes.providers.first { $0.name == name }
    }

    /// What a look at the vendor shows of a delivered event.
    /// - Returns: nil if the task was cancelled.
    func look(at event: AcceptedEvent, _ delivery: Delivery, _ provider: ProviderConfiguration) async
        -> VerifyBook.Sighting?
    {
        guard let reader = provider.adapter.reader, let sent = SentDelivery(event, delivery, at: provider, [:]) else {
            return .nothingToRead
        }
        switch await vendors.ask(reader.find(sent.wanted), at: provider) {
        case .done(let shown)?: return .shown(sent.sighting(among: shown))
        case .failed(let fault)?: return .unread(fault.message)
        case .unsupported(let reason)?: return .unread(reason ?? "\(provider.traits.vendor) cannot show single events")
        case .ask?, nil: return nil
        }
    }
}

extension Delivery {
    /// When the vendor had confirmed it, as far as that is known.
    /// - Parameter acceptance: of the event, before which nothing was delivered.
    func confirmedAt(after acceptance: Timestamp) -> Timestamp {
        guard let attempt = history.last else { return acceptance }
        return max(attempt.at + attempt.latency, acceptance)
    }
}

/// The providers that have a task.
private final class WatchedProviders: Sendable {
    private let names = Mutex<Set<ProviderName>>([])

    /// - Returns: false if there is one already.
    func begin(_ name: ProviderName) -> Bool { names.withLock { $0.insert(name).inserted } }

    func end(_ name: ProviderName) { names.withLock { _ = $0.remove(name) } }
}
