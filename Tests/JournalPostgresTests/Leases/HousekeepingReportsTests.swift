import Events
import Journal
import Logging
import Synchronization
import TestSupport
import Testing

@testable import JournalPostgres

@Suite struct HousekeepingReportsTests {
    private final class Levels: Sendable {
        private let list = Mutex<[Logger.Level]>([])

        var all: [Logger.Level] { list.withLock { $0 } }

        func add(_ level: Logger.Level) { list.withLock { $0.append(level) } }
    }

    private struct Handler: LogHandler {
        let levels: Levels
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { levels.add(event.level) }
    }

    @Test(arguments: [false, true])
    func `warns if it alone has no connection, and not in an outage`(isOut: Bool) async throws {
        let settings = PostgresStoreSettings(address: Secret("postgresql:///none?host=/nowhere"))
        let reach = DatabaseReach(settings, logger: TestJournal.logger)
        if isOut { reach.failed("it is away") }
        let levels = Levels()
        let hasRun = Mutex(false)
        let housekeeping = Housekeeping(
            connection: settings.connection("test", reach: reach),
            logger: Logger(label: "test") { _ in Handler(levels: levels) }
        )
        housekeeping.start([
            Housekeeping.Chore(name: "burying", interval: .milliseconds(1)) { _ in hasRun.withLock { $0 = true } }
        ])
        try await waitUntil("it has tried several times") { levels.all.count > 3 }
        housekeeping.stop()
        await housekeeping.waitForEnd()
        #expect(levels.all.first == (isOut ? .debug : .warning))
        #expect(levels.all.contains(.warning) != isOut)
        let ran = hasRun.withLock { $0 }
        #expect(!ran)
    }

    @Test func `lets a report through once a minute`() {
        var reports = SparseReports()
        let start = ContinuousClock.now
        let areDue = [0, 59, 60, 61].map { reports.isDue(at: start + .seconds($0)) }
        #expect(areDue == [true, false, true, false])
    }
}
