import DeliveryEngine
import Events
import Journal
import JournalSQLite
import Logging
import TestSupport
import Testing

@testable import Gateway

@Suite struct RetentionServiceTests {
    @Test func `removes audit entries that are older than they are kept`() async throws {
        try await withTemporaryFolder { folder in
            let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let store = try SQLiteEventStore(opening: folder, logger: quiet)
            let now = SystemWallClock().now
            for days in [401, 399, 0] {
                try await store.record(
                    AuditEntry(
                        at: now + .seconds(-days * 86_400),
                        category: .administration,
                        action: "\(days)",
                        tenant: nil,
                        actor: nil,
                        keyID: nil,
                        remoteAddress: nil,
                        details: [:]
                    )
                )
            }
            let retention = RetentionService(
                journal: store,
                clock: ProcessClock(wall: SystemWallClock()),
                keep: .seconds(86_400),
                keepAudit: .seconds(400 * 86_400),
                logger: quiet
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await retention.run() }
                try await waitUntil("the oldest entry is removed") {
                    try await store.auditLog(AuditFilter(), before: nil, limit: 9).count < 3
                }
                group.cancelAll()
            }
            let left = try await store.auditLog(AuditFilter(), before: nil, limit: 9).map(\.entry.action)
            #expect(left == ["0", "399"])
            let noted = try await store.notedTime()
            #expect(noted.map { $0 >= now && $0 <= SystemWallClock().now } == true)
            await store.close()
        }
    }
}
