import Access
import Events
import Foundation
import Journal
import JournalSQLite
import Logging
import Routing
import TestSupport
import Testing

@testable import Gateway
@testable import Ingress

/// A `routes.json` that changes while the journal cannot be read.
@Suite struct RoutesReloadOutageTests {
    private static func text(_ name: String) -> String {
        #"""
        {"version": 1, "providers": {"\#(name)": {"adapter": "lago", "credential": {"env": "A"}}},
         "routes": [{"name": "r", "to": [{"provider": "\#(name)"}]}], "clients": []}
        """#
    }

    private func with(
        _ body: (RoutesReloader, UnreachableArchive, SQLiteEventStore, URL) async throws -> Void
    ) async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "routes.json")
            let content = Array(Self.text("first").utf8)
            try Data(content).write(to: file)
            let reader = RoutesFile.reader(allowsInlineSecrets: false)
            let routes = CurrentRoutes(try reader.read(content).routes)
            let store = try SQLiteEventStore(opening: folder.appending(path: "data"), logger: quiet)
            let archive = UnreachableArchive(store)
            let reloader = RoutesReloader(
                watching: LoadedRoutesFile(file: file, signature: FileSignature(of: file), content: content),
                reader: reader,
                routes: routes,
                vault: CredentialVault(of: routes, environment: [:]),
                archive: archive,
                logger: quiet,
                auditing: AuditLog(recording: store, clock: SystemWallClock(), logger: quiet)
            )
            try await body(reloader, archive, store, file)
            await store.close()
        }
    }

    private func providers(_ reloader: RoutesReloader) -> [ProviderName] {
        reloader.routes.current.routes.providers.map(\.name)
    }

    private func audited(_ store: SQLiteEventStore) async throws -> [String] {
        try await store.auditLog(AuditFilter(), before: nil, limit: 100).map(\.entry.action).reversed()
    }

    /// It was once refused for good: nothing in the file changed when the journal came back.
    @Test func `is taken over as soon as the journal can be read again`() async throws {
        try await with { (reloader, archive, store, file) async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await reloader.run() }
                try Data(Self.text("second").utf8).write(to: file, options: .atomic)
                try await waitUntil("the file was tried more than once") { archive.questions > 2 }
                #expect(providers(reloader) == ["first"])
                archive.becomeReachable()
                try await waitUntil("the new routes are in force") { providers(reloader) == ["second"] }
                try await waitUntil("it is in the audit log") { try await audited(store).count == 2 }
                group.cancelAll()
            }
            #expect(
                try await audited(store) == [
                    "routes.json could not be checked; the current routes stay active", "routes.json was reloaded",
                ],
                "once, however often it was tried"
            )
        }
    }

    @Test func `is refused with the reason when a client asks for it`() async throws {
        try await with { (reloader, archive, _, file) async throws in
            try Data(Self.text("second").utf8).write(to: file, options: .atomic)
            let caller = try MigrationStage.caller(MigrationStage.boss)
            let error = await #expect(throws: ReloadError.self) { _ = try await reloader.reload(by: caller) }
            guard case .store(.unreachable(let reason, _))? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(reason == "no connection" && providers(reloader) == ["first"] && reloader.active.version == 1)
            archive.becomeReachable()
            #expect(try await reloader.reload(by: caller).changes.list.map(\.name) == ["second", "first", "r"])
            #expect(providers(reloader) == ["second"] && reloader.active.version == 2)
        }
    }

    @Test func `is due again after it was read in vain, and only then`() {
        let (old, new) = (FileSignature(of: URL(filePath: "/dev/null")), FileSignature(of: URL(filePath: "/")))
        var watch = FileWatch(old)
        #expect(!watch.isDue(new) && watch.isDue(new) && !watch.isDue(new))
        watch.readAgain()
        #expect(watch.isDue(new) && !watch.isDue(new))
    }
}
