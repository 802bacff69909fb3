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
    /// Puts a settled event into the stage's journal that was accepted so many days ago.
    private func storeEvent(daysAgo days: Int64, in folder: URL) async throws {
        try await storeEvents(daysAgo: [days], in: folder)
    }

    /// Puts settled events into the stage's journal, each accepted so many days ago.
    private func storeEvents(daysAgo days: [Int64], in folder: URL) async throws {
        let store = try SQLiteEventStore(
            opening: folder,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let destination = Destination(provider: "lago", adapter: "lago", mode: .primary)
        let events = days.map { days in
            let accepted = Timestamp(milliseconds: SystemWallClock().now.milliseconds - days * 86_400_000)
            return AcceptedEvent(
                CanonicalEvent(name: "n", customerID: "c", timestamp: accepted),
                id: EventID("old-\(days)"),
                in: Submission(
                    tenant: "demo",
                    client: "demo",
                    acceptedAt: accepted,
                    plan: Plan(route: "all", destinations: [destination])
                )
            )
        }
        for event in events {
            let results = try await store.append(AppendRequest(events: [event], policy: .each))
            guard case .stored(let sequence) = results[0] else { continue }
            let discarded = SettledDelivery(sequence: sequence, status: .discarded)
            try await store.settle(Settlement(provider: "lago", exceptions: [discarded]))
        }
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
                refused.lines.contains { $0.contains("journal was last in use at") && $0.contains("--accept-clock") }
            }
            let gateway = try await stage.startGateway(arguments: ["--accept-clock"])
            try await waitUntil("retention follows the clock") {
                gateway.lines.contains { $0.contains("old events were removed") }
            }
            try await gateway.stop()
        }
    }

    /// The newest event's time agrees with the clock then.
    @Test func `a clock that was weeks ahead when an event came is refused at the next start`() async throws {
        guard FaultySystem.isAvailable else { try Test.cancel("no clock can be put wrong on this system") }
        try await Stage.set { (stage) async throws in
            try await storeEvents(daysAgo: [5, 0], in: stage.dataFolder)
            let system = try FaultySystem(in: stage.folder)
            let environment = Stage.credentials.merging(system.environment) { $1 }
            let kept = ["--retention", "2d"]
            let gateway = try await stage.startGateway(arguments: kept, environment: environment)
            try await waitUntil("the time is noted, and retention has looked") {
                gateway.lines.contains { $0.contains("old events were removed") }
            }
            try system.setClock(ahead: .seconds(40 * 86_400))
            let ahead = try await stage.client.post("/v1/events", #"{"id":"ahead","name":"n","customer_id":"c"}"#)
            #expect(ahead.status == 202)
            try await gateway.stop(by: SIGKILL)

            let refused = try stage.launch(kept, environment)
            #expect(try await refused.waitForExit() == 1)
            try await waitUntil("it says what to do") {
                refused.lines.contains { $0.contains("journal was last in use at") && $0.contains("--accept-clock") }
            }
            try system.setClock(ahead: .zero)
            let right = try await stage.startGateway(arguments: kept, environment: environment)
            #expect(try await stage.client.get("/v1/events/old-0").status == 200)
            #expect(try await stage.client.get("/v1/events/ahead").status == 200)
            try await right.stop()
        }
    }

    @Test func `keeps events for as long as it is told to`() async throws {
        try await Stage.set { (stage) async throws in
            try await storeEvents(daysAgo: [5, 3, 0], in: stage.dataFolder)
            try await stage.startGateway().stop()
            let gateway = try await stage.startGateway(arguments: ["--retention", "4d"])
            try await waitUntil("the oldest event is removed") {
                try await stage.client.get("/v1/events/old-5").status == 404
            }
            #expect(try await stage.client.get("/v1/events/old-3").status == 200)
            try await gateway.stop()
            let strict = try await stage.startGateway(
                environment: Stage.credentials.merging(["TOLLGATE_RETENTION": "2d"]) { _, new in new }
            )
            try await waitUntil("the next one is removed") {
                try await stage.client.get("/v1/events/old-3").status == 404
            }
            #expect(try await stage.client.get("/v1/events/old-0").status == 200)
            try await strict.stop()
        }
    }

    @Test(arguments: ["23h", "4000d", "a month", "0d", "-35d"])
    func `refuses to keep events for a time that makes no sense`(text: String) async throws {
        try await Stage.set { (stage) async throws in
            let refused = try stage.launch(["--retention=\(text)"])
            #expect(try await refused.waitForExit() == 64)
            try await waitUntil("it says what is allowed") {
                refused.lines.contains { $0.contains("--retention must be a duration from 1d to 3653d") }
            }
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
                    $0.contains("permissions were restricted") ? true : nil
                }
                _ = try await stage.client.post("/v1/events", #"{"id":"e","name":"n","customer_id":"c"}"#)
                let names = try FileManager.default.subpathsOfDirectory(atPath: stage.dataFolder.path)
                #expect(names.contains("journal.sqlite-wal"))
                for path in [stage.dataFolder.path] + names.map({ stage.dataFolder.appending(path: $0).path }) {
                    var status = stat()
                    // Some files are there for a moment only.
                    guard stat(path, &status) == 0 else { continue }
                    #expect(status.st_mode & 0o077 == 0, "\(path)")
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
