import Access
import ConfigurationFile
import Events
import Foundation
import Journal
import JournalSQLite
import Logging
import OfRecord
import Reports
import Routing
import TestSupport
import Testing

@testable import Gateway
@testable import Ingress

/// A changed `routes.json` while the gateway runs.
@Suite struct RoutesReloaderTests {
    /// A reloader that watches its file.
    private struct Stage {
        let reloader: RoutesReloader
        let routes: CurrentRoutes
        let folder: URL
        let store: SQLiteEventStore
        let book: MigrationBook

        var configuration: GatewayConfiguration {
            GatewayConfiguration(
                file: "routes.json",
                reloader: reloader,
                routes: routes,
                ledger: store,
                lanes: store,
                book: book,
                clock: SystemWallClock()
            )
        }

        var file: URL { folder.appending(path: "routes.json") }

        func write(_ text: String) throws {
            try Data(text.utf8).write(to: file, options: .atomic)
        }

        var providers: [ProviderName] { routes.current.routes.providers.map(\.name) }
    }

    private static func text(_ name: String, credential: String = #"{"env": "A"}"#, clients: String = "[]") -> String {
        #"""
        {"version": 1, "providers": {"\#(name)": {"adapter": "lago", "credential": \#(credential)}},
         "routes": [{"name": "r", "to": [{"provider": "\#(name)"}]}], "clients": \#(clients)}
        """#
    }

    /// - Parameter change: of the file, when it was read and nobody watches it yet.
    private func with(
        environment: [String: String] = [:],
        changing change: (URL) async throws -> Void = { _ in },
        _ body: (Stage) async throws -> Void
    ) async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "routes.json")
            let content = Array(Self.text("first").utf8)
            try Data(content).write(to: file)
            let signature = FileSignature(of: file)
            try await change(file)
            let reader = RoutesFile.reader(allowsInlineSecrets: false)
            let routes = CurrentRoutes(try reader.read(content).routes)
            let store = try SQLiteEventStore(opening: folder.appending(path: "data"), logger: quiet)
            let reloader = RoutesReloader(
                watching: LoadedRoutesFile(file: file, signature: signature, content: content),
                reader: reader,
                routes: routes,
                vault: CredentialVault(of: routes, environment: environment),
                archive: store,
                logger: quiet,
                auditing: AuditLog(recording: store, clock: SystemWallClock(), logger: quiet)
            )
            let book = try await MigrationBook(store, routes: routes, logger: quiet)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await reloader.run() }
                try await body(Stage(reloader: reloader, routes: routes, folder: folder, store: store, book: book))
                group.cancelAll()
            }
            await store.close()
        }
    }

    @Test func `takes a changed file over`() async throws {
        try await with { (stage) async throws in
            try stage.write(Self.text("second"))
            try await waitUntil("the new routes are in force") { stage.providers == ["second"] }
        }
    }

    @Test func `shows the configuration in effect with its version, holds and no secret`() async throws {
        try await with { (stage) async throws in
            let configuration = stage.configuration
            let first = try await configuration.configuration()
            #expect(first.version == 1 && first.digest.count == 64 && first.file == "routes.json")
            #expect(first.routes.providers.map(\.name) == ["first"] && first.overrides.holds.isEmpty)
            #expect(first.text.contains("\"first\""))
            try stage.write(Self.text("second", clients: #"[{"name": "shop", "key_sha256": "\#(Self.digest)"}]"#))
            try await waitUntil("the new routes are in force") { stage.providers == ["second"] }
            let now = SystemWallClock().now
            let hold = OperatorHold(until: now + .seconds(3600), by: "boss", at: now)
            try await stage.store.hold("second", byOperator: hold)
            let second = try await configuration.configuration()
            #expect(second.version == 2 && second.digest != first.digest && second.loadedAt >= first.loadedAt)
            #expect(second.overrides.holds == [ConfigurationReport.Hold(provider: "second", hold: hold)])
            #expect(!second.text.contains(Self.digest))
            try await stage.store.hold("second", byOperator: OperatorHold(until: now, by: "boss", at: now))
            #expect(try await configuration.configuration().overrides.holds.isEmpty)
        }
    }

    private static let digest = String(repeating: "ab", count: 32)

    @Test func `takes a change over that came between the reading and the watch`() async throws {
        let change: (URL) throws -> Void = { try Data(Self.text("second").utf8).write(to: $0, options: .atomic) }
        try await with(changing: change) { (stage) async throws in
            try await waitUntil("the new routes are in force") { stage.providers == ["second"] }
        }
    }

    @Test func `keeps the routes in force while the file is faulty or gone, and takes the next good one over`()
        async throws
    {
        try await with { (stage) async throws in
            try stage.write(#"{"version": 1}"#)
            await #expect(throws: ReloadError.self) {
                _ = try await stage.reloader.compare(Array(try Data(contentsOf: stage.file)))
            }
            #expect(stage.providers == ["first"])
            try FileManager.default.removeItem(at: stage.file)
            #expect(stage.providers == ["first"])
            try stage.write(Self.text("third"))
            try await waitUntil("the good routes are in force") { stage.providers == ["third"] }
        }
    }

    @Test func `compares a file with the routes in force, and changes nothing`() async throws {
        try await with { (stage) async throws in
            let result = try await stage.reloader.compare(Array(Self.text("second").utf8))
            #expect(result.changes.removedProviders == ["first"])
            #expect(stage.providers == ["first"])
        }
    }

    @Test func `runs no program that a client names in a file to compare`() async throws {
        try await with { (stage) async throws in
            let trace = stage.folder.appending(path: "trace")
            let text = Self.text("second", credential: #"{"command": ["touch", "\#(trace.path)"]}"#)
            _ = try await stage.reloader.compare(Array(text.utf8))
            #expect(!FileManager.default.fileExists(atPath: trace.path))
        }
    }

    @Test func `finds in the environment that two tenants are at one account`() async throws {
        let clients = #"""
            [{"name": "a", "tenant": "a", "credentials": {"p": {"env": "B"}}}, {"name": "b", "tenant": "b"}]
            """#
        try await with(environment: ["A": "key", "B": "key"]) { (stage) async throws in
            let text = Self.text("p", clients: clients)
            let result = try await stage.reloader.compare(Array(text.utf8))
            #expect(result.warnings.map(\.message).contains { $0.contains("have the same key") })
            try stage.write(text)
            try await waitUntil("the new routes are in force") { stage.providers == ["p", "p@a"] }
            #expect(stage.routes.current.routes.isShared("p") && stage.routes.current.routes.isShared("p@a"))
        }
    }

    // MARK: - Files beside it

    /// The first provider's customers move to a second one, by anchors in a file.
    private static let migrating = #"""
        {"version": 1, "clients": [],
         "providers": {"first": {"adapter": "lago", "credential": {"env": "A"}}, "second": {"adapter": "polar", "credential": {"env": "B"}}},
         "routes": [{"name": "r", "to": [{"provider": "first"}, {"provider": "second", "mode": "off"}]}],
         "migrations": {"m": {"route": "r", "from": "first", "to": "second", "boundary": {"anchors": "anchors.csv"}}}}
        """#

    private static func administrator() throws -> Caller {
        let key = ClientKey(digest: KeyDigest(of: "boss"))
        let client = Client(name: "boss", tenant: "house", keys: [key], scopes: [.admin])
        return Caller(try #require(KeyTable([client]).holder(of: key.digest)), from: nil)
    }

    private func customers(_ stage: Stage) -> Int? { stage.routes.current.routes.migrations.first?.boundaries.count }

    private func writeAnchors(_ rows: [String], _ stage: Stage) throws {
        let text = (["customer_id,anchor"] + rows).joined(separator: "\n")
        try Data(text.utf8).write(to: stage.folder.appending(path: "anchors.csv"), options: .atomic)
    }

    @Test func `takes a file that was refused when what it names has come, and again when that changes`() async throws {
        try await with { (stage) async throws in
            try stage.write(Self.migrating)
            let caller = try Self.administrator()
            await #expect(throws: ReloadError.self) { _ = try await stage.reloader.reload(by: caller) }
            #expect(stage.providers == ["first"])
            try writeAnchors(["c1,2026-01-31"], stage)
            try await waitUntil("the anchors are in force") { customers(stage) == 1 }
            let first = stage.reloader.active
            try writeAnchors(["c1,2026-01-31", "c2,2026-01-30"], stage)
            try await waitUntil("the changed anchors are in force") { customers(stage) == 2 }
            let second = stage.reloader.active
            #expect(second.version == first.version + 1 && second.content == first.content)
            #expect(second.digest != first.digest)
            #expect(try await stage.reloader.reload(by: caller).changes.list.isEmpty)
            #expect(stage.reloader.active.version == second.version)
        }
    }

    @Test func `keeps the current anchors while the file of new ones is faulty`() async throws {
        try await with { (stage) async throws in
            try writeAnchors(["c1,2026-01-31"], stage)
            try stage.write(Self.migrating)
            try await waitUntil("the anchors are in force") { customers(stage) == 1 }
            try writeAnchors(["c1,2026-01-31", "c1,2026-01-30"], stage)
            await #expect(throws: ReloadError.self) {
                _ = try await stage.reloader.reload(by: try Self.administrator())
            }
            #expect(customers(stage) == 1)
            try writeAnchors(["c3,2026-01-31", "c1,2026-01-30", "c2,2026-01-30"], stage)
            try await waitUntil("the mended anchors are in force") { customers(stage) == 3 }
        }
    }
}
