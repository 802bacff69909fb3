package import Events
package import Parity
package import Routing

/// Tells what watching providers has found, from what was saved: by this gateway, or by another over the same journal.
package struct Watches: WatchReading {
    private let store: any ParityStorage
    private let routes: CurrentRoutes
    private let clock: any WallClock

    package init(_ store: any ParityStorage, routes: CurrentRoutes, clock: any WallClock) {
        self.store = store
        self.routes = routes
        self.clock = clock
    }

    package func reports() async throws(ParityError) -> [ProviderName: WatchReport] {
        let watched = routes.current.routes.providers.filter { $0.verify != nil || $0.canary != nil }
        guard !watched.isEmpty else { return [:] }
        let now = clock.now
        let snapshot = WatchSnapshot(
            verify: try await store.watchStates(.verify),
            canary: try await store.watchStates(.canary),
            acceptances: try await store.acceptances(at: now)
        )
        return Self.reports(of: snapshot, on: watched, at: now)
    }

    /// What was found by then.
    package static func reports(of snapshot: WatchSnapshot, on providers: [ProviderConfiguration], at now: Timestamp)
        -> [ProviderName: WatchReport]
    {
        var reports: [ProviderName: WatchReport] = [:]
        for provider in providers where provider.verify != nil || provider.canary != nil {
            var report = WatchReport()
            if let settings = provider.verify {
                // Before the first look, nothing was due.
                let book = snapshot.verify[provider.name].flatMap { VerifyBook($0) } ?? VerifyBook(start: now)
                report.verify = book.report(oneIn: settings.oneIn, at: now) { name in
                    snapshot.acceptances.contains { $0.covers(.lostAfterAccept, at: provider.name, named: name) }
                }
            }
            if let settings = provider.canary {
                let book = snapshot.canary[provider.name].flatMap { CanaryBook($0) } ?? CanaryBook()
                report.canary = book.report(every: settings.every)
            }
            reports[provider.name] = report
        }
        return reports
    }
}
