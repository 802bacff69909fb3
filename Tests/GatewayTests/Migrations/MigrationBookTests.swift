import Events
import Journal
import JournalSQLite
import Logging
import Migration
import OfRecord
import Routing
import TestSupport
import Testing

@testable import Gateway

/// What a gateway knows of orders for migrations.
@Suite struct MigrationBookTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private struct Stage {
        let store: SQLiteEventStore
        let routes: CurrentRoutes

        func makeBook() async throws -> MigrationBook {
            try await MigrationBook(store, routes: routes, logger: quiet)
        }

        /// As another gateway does.
        func append(_ number: Int, _ action: String = "hold") async throws {
            let act = MigrationAct(
                migration: "to-polar",
                number: number,
                action: action,
                detail: Array("{}".utf8),
                plan: nil,
                actor: "ops",
                keyID: nil,
                at: Timestamp(milliseconds: Int64(number))
            )
            let entry = AuditEntry(
                at: act.at,
                category: .administration,
                action: "migrations: \(action)",
                tenant: nil,
                actor: "ops",
                keyID: nil,
                remoteAddress: nil,
                details: [:]
            )
            #expect(try await store.append(act, recording: entry))
        }

        var isHeld: Bool { routes.current.logs["to-polar"].isHeld }
    }

    private func withStage(_ body: (Stage) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let text = #"""
                {"version": 1, "providers": {"lago": {"adapter": "lago", "credential": {"env": "A"}}},
                 "routes": [{"name": "r", "to": [{"provider": "lago"}]}], "clients": [{"name": "shop"}]}
                """#
            let routes = CurrentRoutes(try RoutesFile.reader(allowsInlineSecrets: false).read(Array(text.utf8)).routes)
            let store = try SQLiteEventStore(opening: folder, logger: Self.quiet)
            try await body(Stage(store: store, routes: routes))
            await store.close()
        }
    }

    /// Runs a book beside the body.
    private func watching(_ stage: Stage, _ body: (MigrationBook) async throws -> Void) async throws {
        let book = try await stage.makeBook()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await book.run() }
            try await body(book)
            group.cancelAll()
        }
    }

    @Test func `puts in force what was ordered before the start, and what other gateways order`() async throws {
        try await withStage { (stage) async throws in
            try await stage.append(1)
            try await watching(stage) { book in
                #expect(stage.isHeld && book.current["to-polar"].count == 1)
                try await stage.append(2, "resume")
                try await waitUntil("the second order is followed") { !stage.isHeld }
                #expect(book.current.version == 2)
            }
        }
    }

    @Test func `follows an order of its own at once`() async throws {
        try await withStage { (stage) async throws in
            let book = try await stage.makeBook()
            try await stage.append(1)
            try await book.refresh()
            #expect(stage.isHeld && book.current.version == 1)
        }
    }

    @Test func `keeps what is in force when an order cannot be read, until a version that can`() async throws {
        try await withStage { (stage) async throws in
            try await stage.append(1)
            try await watching(stage) { book in
                try await stage.append(2, "leap")
                try await waitUntil("the fault is seen") { book.fault != nil }
                #expect(book.fault == UnreadableAct(migration: "to-polar", number: 2, action: "leap"))
                #expect(stage.isHeld && book.current.version == 1)
            }
            let error = await #expect(throws: GatewayFault.self) { _ = try await stage.makeBook() }
            #expect("\(error.map { "\($0)" } ?? "")".contains("entry 2 of the migration to-polar (leap)"))
        }
    }
}
