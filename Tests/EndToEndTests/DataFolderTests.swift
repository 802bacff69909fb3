import Events
import Foundation
import Journal
import JournalBehaviour
import JournalSQLite
import Logging
import TestSupport
import Testing

/// What the gateway makes of its data folder and of the clock when it starts.
@Suite struct DataFolderTests {
    /// Puts a delivered event into the stage's journal that was accepted so many days ago.
    private func storeEvent(daysAgo days: Int64, in folder: URL) async throws {
        let store = try SQLiteEventStore(
            opening: folder,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let accepted = Timestamp(milliseconds: SystemWallClock().now.milliseconds - days * 86_400_000)
        let destination = Destination(provider: "lago", adapter: "lago", mode: .primary)
        let event = AcceptedEvent(
            tenant: "demo",
            client: "demo",
            id: "old",
            name: "n",
            customerID: "c",
            subscriptionID: nil,
            timestamp: accepted,
            timestampWasGiven: true,
            source: nil,
            properties: nil,
            vendor: nil,
            acceptedAt: accepted,
            plan: Plan(route: "all", destinations: [destination])
        )
        _ = try await store.append(AppendRequest(events: [event], policy: .each))
        let discarded = SettledDelivery(sequence: 1, status: .discarded)
        try await store.settle(Settlement(provider: "lago", exceptions: [discarded]))
        await store.close()
    }

    @Test func `a clock that is weeks ahead of the newest event is refused, and believed only if that is asked for`()
        async throws
    {
        try await Stage.set { (stage) async throws in
            try await storeEvent(daysAgo: 36, in: stage.dataFolder)
            let refused = try stage.launch()
            #expect(try await refused.waitForExit() == 1)
            try await waitUntil("it says what to do") {
                refused.lines.contains { $0.contains("newest event was accepted at") && $0.contains("--accept-clock") }
            }
            let gateway = try await stage.startGateway(arguments: ["--accept-clock"])
            try await waitUntil("retention follows the clock") {
                gateway.lines.contains { $0.contains("old events were removed") }
            }
            try await gateway.stop()
        }
    }

    @Test func `a gateway that was stopped for some days starts`() async throws {
        try await Stage.set { (stage) async throws in
            try await storeEvent(daysAgo: 10, in: stage.dataFolder)
            try await stage.startGateway().stop()
        }
    }

    @Test func `only its user can read the data folder`() async throws {
        try await Stage.set { (stage) async throws in
            try FileManager.default.createDirectory(
                at: stage.dataFolder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o755]
            )
            try await stage.withGateway { (gateway) async throws in
                _ = try await gateway.waitForLine("it says that it tightened the folder") {
                    $0.contains("permissions were tightened") ? true : nil
                }
                _ = try await stage.client.post("/v1/events", #"{"id":"e","name":"n","customer_id":"c"}"#)
                let names = try FileManager.default.subpathsOfDirectory(atPath: stage.dataFolder.path)
                #expect(names.contains("journal.sqlite-wal"))
                for path in [stage.dataFolder.path] + names.map({ stage.dataFolder.appending(path: $0).path }) {
                    var status = stat()
                    #expect(stat(path, &status) == 0 && status.st_mode & 0o077 == 0, "\(path)")
                }
            }
        }
    }

    #if os(Linux)
        @Test(arguments: [false, true])
        func `leaves no core dump unless it is allowed to`(isAllowed: Bool) async throws {
            try await Stage.set { (stage) async throws in
                let gateway = try await stage.startGateway(arguments: isAllowed ? ["--allow-core-dumps"] : [])
                func limit(_ process: String) throws -> [Substring] {
                    let limits = try String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8)
                    let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
                    return line.dropFirst("Max core file size".count).split(separator: " ")
                }
                let found = try limit("\(gateway.identifier)")
                if isAllowed {
                    #expect(found == (try limit("self")))
                } else {
                    #expect(["0", "1"].contains(found[0]) && ["0", "1"].contains(found[1]))
                }
                try await gateway.stop()
            }
        }
    #endif
}
