import Events
import Parity
import ParityRuns
import Synchronization
import TestSupport
import Testing

/// What a comparison foretells of its calls.
extension ParityRunnerTests {
    /// An answer of so many pages.
    private static func paged<Value>(_ value: Value, pages: Int) -> VendorInquiry<Value> {
        .ask(VendorRequest(method: "GET", path: "/", body: [])) { _ in
            pages > 1 ? paged(value, pages: pages - 1) : .done(value)
        }
    }

    @Test(arguments: [ParityLevel.digest, .full], [1, 3])
    func `foretells each page of the names that a vendor counts`(level: ParityLevel, pages: Int) async throws {
        let (journal, shelf) = Self.clean(300)
        shelf.state.withLock { $0.countedNames = Self.paged(CountedNames { _ in true }, pages: pages) }
        try await withTemporaryFolder { folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: level, sample: 0)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(run.verdict == .equal)
                // Of 300 events there are thirty pages, which one count covers.
                let least = (level == .full ? 30 : 1) + pages
                let most = 90 + pages + (level == .full ? 0 : 1)
                #expect(run.reports[0].forecast == CallForecast(least: least, most: most))
                #expect((least...most).contains(run.reports[0].calls), "\(run.reports[0].calls)")
            }
        }
    }

    @Test func `asks for no names at a vendor that should have nothing`() async throws {
        let shelf = ListedVendor.Shelf()
        shelf.state.withLock { $0.countedNames = Self.paged(CountedNames { _ in true }, pages: 3) }
        try await withTemporaryFolder { folder in
            try await Self.with(ComparedJournalDouble(), shelf, in: folder) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: .full)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                // One page, which is empty.
                #expect(run.reports[0].calls == 1 && run.reports[0].forecast == CallForecast(least: 1, most: 3))
            }
        }
    }

    @Test(arguments: [1, 3])
    func `foretells each page of the catalogue of a vendor whose amounts are compared`(pages: Int) async throws {
        let shelf = ListedVendor.Shelf()
        shelf.state.withLock { state in
            state.usage = []
            state.cataloguePages = pages
        }
        let metric = UsageMetric(name: "api_0", aggregate: .count, property: nil, ids: ["listed": "meter"])
        try await withTemporaryFolder { folder in
            try await Self.with(ComparedJournalDouble(), shelf, in: folder) { runner in
                let order = ParityOrder(
                    window: Self.window,
                    providers: ["listed"],
                    level: .usage,
                    metrics: UsageMetrics([metric])
                )
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(run.verdict == .equal)
                // The catalogue, and one page of the meter; nothing differs that would be read again.
                #expect(run.reports[0].forecast == CallForecast(least: pages + 1, most: 3 * (pages + 1)))
                #expect(run.reports[0].calls == pages + 1)
            }
        }
    }
}
