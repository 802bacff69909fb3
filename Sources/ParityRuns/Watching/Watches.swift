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
        let books = try await store.watchStates(.verify)
        let canaries = try await store.watchStates(.canary)
        let acceptances = try await store.acceptances(at: now)
        var reports: [ProviderName: WatchReport] = [:]
        for provider in watched {
            var report = WatchReport()
            if let settings = provider.verify {
                // Before the first look, nothing was due.
                let book = books[provider.name].flatMap { VerifyBook($0) } ?? VerifyBook(start: now)
                report.verify = book.report(oneIn: settings.oneIn, at: now) { name in
                    acceptances.contains { $0.covers(.lostAfterAccept, at: provider.name, named: name) }
                }
            }
            if let settings = provider.canary {
                let book = canaries[provider.name].flatMap { CanaryBook($0) } ?? CanaryBook()
                report.canary = book.report(every: settings.every)
            }
            reports[provider.name] = report
        }
        return reports
    }
}
