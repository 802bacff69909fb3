import Events
import Journal
import Logging
import Synchronization
import Testing

@testable import Gateway

/// What a gateway tells the others of a journal.
@Suite struct SharedJournalTests {
    /// Keeps what it is told.
    private final class Reports: GatewayReporting {
        private let state = Mutex<[[UInt8]]>([])
        let clockDifference = ClockDifference.small

        var told: [[UInt8]] { state.withLock { $0 } }

        func note(_ states: [ProviderName: AccountState]) {}
        func accountReports() async throws(StoreError) -> [AccountReport] { [] }
        func note(routesDigest digest: [UInt8]) { state.withLock { $0.append(digest) } }
        func gateways() async throws(StoreError) -> [GatewayNode] { [] }
    }

    /// The routes of a gateway, and whether any event still has a plan of those before.
    private final class Routes: Sendable {
        private let state = Mutex<(digest: [UInt8], areAlone: Bool)>(([1], true))

        var digest: [UInt8] { state.withLock { $0.digest } }
        var areAlone: Bool { state.withLock { $0.areAlone } }

        func set(_ digest: UInt8, areAlone: Bool) { state.withLock { $0 = ([digest], areAlone) } }
    }

    @Test func `tells neither the old routes nor the new ones while events may have plans of both`() async {
        let (reports, routes) = (Reports(), Routes())
        let shared = SharedJournal(
            reports,
            states: { [:] },
            routesDigest: { routes.digest },
            areRoutesAlone: { routes.areAlone },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        await shared.exchange(at: .now)
        // As an order to a migration makes it: the file is the same.
        routes.set(1, areAlone: false)
        await shared.exchange(at: .now)
        #expect(reports.told == [[1]])
        routes.set(2, areAlone: false)
        for _ in 1...2 { await shared.exchange(at: .now) }
        #expect(reports.told == [[1], GatewayNode.changingRoutes])
        routes.set(1, areAlone: false)
        await shared.exchange(at: .now)
        #expect(reports.told == [[1], GatewayNode.changingRoutes], "events may still have plans of the others")
        routes.set(1, areAlone: true)
        await shared.exchange(at: .now)
        #expect(reports.told == [[1], GatewayNode.changingRoutes, [1]])
    }
}
