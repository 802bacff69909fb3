import Access
import ConfigurationFile
import Events
import Foundation
import Ingress
import Journal
import JournalSQLite
import Logging
import Routing
import TestSupport
import Testing

@testable import Gateway

/// A changed `keys.json` while the gateway runs.
@Suite struct KeysReloaderTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A data folder, and the routes of a gateway that watches its keys.
    private struct Stage {
        let file: KeyFile
        let routes: CurrentRoutes
        let store: SQLiteEventStore
        let audit: AuditLog

        func makeReloader() async throws(GatewayFault) -> KeysReloader<FileKeySource> {
            try await KeysReloader(from: FileKeySource(file: file), routes: routes, logger: quiet, auditing: audit)
        }

        /// Whether the key of this name opens something.
        func opens(_ key: String) -> Bool { routes.current.keys.holder(of: KeyDigest(of: key)) != nil }

        /// Adds a key as `tollgate keys` does.
        func add(_ key: String, for client: ClientName = "shop") throws {
            try change("keys: create") { keys in
                let added = ClientKey(id: key, digest: KeyDigest(of: key))
                keys.list.append(StoredKey(client: client, key: added, created: Timestamp(milliseconds: 5)))
            }
        }

        func change(_ action: String, _ change: (inout StoredKeys) -> Void) throws {
            try file.update(change) { KeyAct(at: Timestamp(milliseconds: 7), by: "ops", action, [:]) }
        }

        /// The audit log, oldest first.
        func entries() async throws -> [AuditEntry] {
            try await store.auditLog(AuditFilter(), before: nil, limit: 100).map(\.entry).reversed()
        }
    }

    private func withStage(_ body: (Stage) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let text = #"""
                {"version": 1, "providers": {"lago": {"adapter": "lago", "credential": {"env": "A"}}},
                 "routes": [{"name": "r", "to": [{"provider": "lago"}]}],
                 "clients": [{"name": "shop", "scopes": ["events:write"]}]}
                """#
            let routes = CurrentRoutes(try RoutesFile.reader(allowsInlineSecrets: false).read(Array(text.utf8)).routes)
            let data = folder.appending(path: "data")
            let store = try SQLiteEventStore(opening: data, logger: Self.quiet)
            let audit = AuditLog(recording: store, clock: SystemWallClock(), logger: Self.quiet)
            try await body(Stage(file: KeyFile(in: data), routes: routes, store: store, audit: audit))
            await store.close()
        }
    }

    /// Runs a reloader beside the body.
    private func watching(_ stage: Stage, _ body: () async throws -> Void) async throws {
        let reloader = try await stage.makeReloader()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await reloader.run() }
            try await body()
            group.cancelAll()
        }
    }

    @Test func `puts the keys in force that are there at the start, and those that come later`() async throws {
        try await withStage { (stage) async throws in
            try stage.add("first")
            try await watching(stage) {
                #expect(stage.opens("first") && !stage.opens("second"))
                try stage.add("second")
                try await waitUntil("the second key opens") { stage.opens("second") }
                #expect(stage.opens("first"))
            }
        }
    }

    @Test func `ends a revoked key, and those of a removed file`() async throws {
        try await withStage { (stage) async throws in
            for key in ["kept", "revoked"] { try stage.add(key) }
            try await watching(stage) {
                try stage.change("keys: revoke") { keys in
                    let key = keys.list.removeLast()
                    keys.list.append(
                        StoredKey(client: key.client, key: key.key, created: key.created, revoked: key.created)
                    )
                }
                try await waitUntil("the revoked key opens nothing") { !stage.opens("revoked") }
                #expect(stage.opens("kept"))
                try FileManager.default.removeItem(at: stage.file.file)
                try await waitUntil("no key opens anything") { !stage.opens("kept") }
            }
        }
    }

    @Test func `keeps the keys in force while the file is faulty, says so, and takes the next good one over`()
        async throws
    {
        try await withStage { (stage) async throws in
            try stage.add("first")
            try await watching(stage) {
                let good = try Data(contentsOf: stage.file.file)
                try Data(#"{"version": 1, "keys": [{}]}"#.utf8).write(to: stage.file.file, options: .atomic)
                try await waitUntil("the fault is in the audit log") {
                    try await stage.entries().contains { $0.action.hasPrefix("keys.json is invalid") }
                }
                #expect(stage.opens("first"))
                try good.write(to: stage.file.file, options: .atomic)
                try stage.add("second")
                try await waitUntil("the good keys are in force") { stage.opens("second") }
                #expect(stage.opens("first"))
            }
        }
    }

    @Test func `takes what was done by the command line into the audit log, once, before and while it runs`()
        async throws
    {
        try await withStage { (stage) async throws in
            try stage.add("first")
            try await watching(stage) {
                try await waitUntil("the act from before is in the audit log") {
                    try await stage.entries().contains { $0.action == "keys: create" }
                }
                try stage.add("second")
                try await waitUntil("the reload is in the audit log") {
                    try await stage.entries().contains { $0.action == "keys.json was reloaded" }
                }
            }
            try await watching(stage) {}
            let acts = try await stage.entries().filter { $0.action == "keys: create" }
            #expect(acts.count == 2 && acts.allSatisfy { $0.at == Timestamp(milliseconds: 7) })
            #expect(try stage.file.takeActs().isEmpty)
        }
    }

    @Test func `does not start with a faulty file`() async throws {
        try await withStage { (stage) async throws in
            try Data("{".utf8).write(to: stage.file.file)
            await #expect(throws: GatewayFault.self) { _ = try await stage.makeReloader() }
        }
    }
}
