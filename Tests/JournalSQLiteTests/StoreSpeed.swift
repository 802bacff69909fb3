import Events
import Foundation
import Journal
import JournalSQLite
import Logging
import TestSupport
import Testing

/// Measures the store on its own. Run it in a release build:
/// `TOLLGATE_MEASURE=1 swift test -c release -Xswiftc -enable-testing --filter StoreSpeed`
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["TOLLGATE_MEASURE"] != nil))
struct StoreSpeed {
    static let plan = Plan(
        route: "default",
        destinations: ["lago", "polar", "flexprice", "knetik"].map {
            Destination(provider: ProviderName($0), adapter: AdapterName($0), mode: .primary)
        }
    )

    @Test(arguments: [(1, 64, 300_000), (64, 1, 300_000), (1000, 1, 2_000_000), (100, 16, 2_000_000)])
    func `appending`(eventsPerRequest: Int, requests: Int, total: Int) async throws {
        try await withStore { store in
            let start = ContinuousClock.now
            try await Self.append(total, to: store, perRequest: eventsPerRequest, tasks: requests)
            Self.report("append, \(requests) x \(eventsPerRequest) events a request", total, since: start)
        }
    }

    @Test func `claiming and settling a backlog, four providers`() async throws {
        try await withStore { store in
            let total = 500_000
            try await Self.append(total, to: store, perRequest: 100, tasks: 8)
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for destination in Self.plan.destinations {
                    group.addTask { try await Self.deliver(total, from: store, to: destination.provider) }
                }
                try await group.waitForAll()
            }
            Self.report("deliveries settled from a backlog, 4 providers, blocks of 100", total * 4, since: start)
        }
    }

    @Test func `intending and settling one event a request`() async throws {
        try await withStore { store in
            let total = 100_000
            try await Self.append(total, to: store, perRequest: 100, tasks: 8)
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<64 { group.addTask { try await Self.deliverSingly(from: store, to: "knetik") } }
                try await group.waitForAll()
            }
            Self.report("intents and settlements of single events", total, since: start)
        }
    }

    @Test func `starting with a backlog`() async throws {
        try await withTemporaryFolder { folder in
            let logger = Logger(label: "speed")
            let store = try SQLiteEventStore(opening: folder, logger: logger)
            try await Self.append(1_000_000, to: store, perRequest: 64, tasks: 1)
            let copy = folder.appending(path: "copy")
            try Self.copy(folder, to: copy)
            await store.close()
            let start = ContinuousClock.now
            let reopened = try SQLiteEventStore(opening: copy, logger: logger)
            Self.report("start after a kill with waiting events", 1_000_000, since: start)
            await reopened.close()
        }
    }

    @Test func `many stored events`() async throws {
        try await withStore { store in
            for million in 1...20 {
                let start = ContinuousClock.now
                try await Self.append(1_000_000, to: store, perRequest: 100, tasks: 16, from: million * 1_000_000)
                Self.report("append, million number \(million)", 1_000_000, since: start)
            }
        }
    }

    private func withStore(_ body: (SQLiteEventStore) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let store = try SQLiteEventStore(opening: folder, logger: Logger(label: "speed"))
            try await body(store)
            await store.close()
        }
    }

    private static func append(
        _ total: Int,
        to store: SQLiteEventStore,
        perRequest: Int,
        tasks: Int,
        from first: Int = 0
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    for request in stride(from: task, to: total / perRequest, by: tasks) {
                        let ids = (first + request * perRequest)..<(first + (request + 1) * perRequest)
                        let events = ids.map(event)
                        _ = try await store.append(AppendRequest(events: events, policy: .allOrNothing))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func deliver(_ total: Int, from store: SQLiteEventStore, to provider: ProviderName) async throws {
        let limit = BlockLimit(events: 100, bytes: 1 << 20)
        let attempt = Attempt(
            at: Timestamp(milliseconds: 1),
            latency: .milliseconds(2),
            httpStatus: 200,
            status: .delivered
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    while let block = try await store.claimBlock(for: provider, limit: limit) {
                        let run = DeliveredRun(sequences: block.deliveries.map(\.sequence), attempt: attempt)
                        try await store.settle(Settlement(provider: provider, delivered: [run]))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.backlog(of: provider).events == 0)
    }

    private static func deliverSingly(from store: SQLiteEventStore, to provider: ProviderName) async throws {
        let attempt = Attempt(
            at: Timestamp(milliseconds: 1),
            latency: .milliseconds(2),
            httpStatus: 200,
            status: .delivered
        )
        while let block = try await store.claimBlock(for: provider, limit: BlockLimit(events: 1, bytes: 1 << 20)) {
            let sequences = block.deliveries.map(\.sequence)
            try await store.intend(sequences, at: provider)
            let run = DeliveredRun(sequences: sequences, attempt: attempt)
            try await store.settle(Settlement(provider: provider, delivered: [run]))
        }
    }

    private static let properties = JSONText(
        checked:
            #"{"request_size":1024,"response_size":20480,"region":"eu-central-1","model":"large-2","cached":false}"#
    )

    private static func event(_ number: Int) -> AcceptedEvent {
        let now = Timestamp(milliseconds: 1_750_000_000_000 + Int64(number))
        return AcceptedEvent(
            tenant: "shop",
            client: "web",
            id: EventID("0197f5c2-7a3e-7c4d-9b1a-\(number + 100_000_000_000)"),
            name: "api_request",
            customerID: "customer_\(number % 5000)",
            subscriptionID: "subscription_\(number % 5000)",
            timestamp: now,
            timestampWasGiven: true,
            source: "api",
            properties: properties,
            vendor: nil,
            acceptedAt: now,
            plan: plan
        )
    }

    private static func copy(_ folder: URL, to copy: URL) throws {
        try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name != "copy" {
            try FileManager.default.copyItem(at: folder.appending(path: name), to: copy.appending(path: name))
        }
    }

    private static func report(_ what: String, _ count: Int, since start: ContinuousClock.Instant) {
        let time = ContinuousClock.now - start
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        print(
            "\(what): \(Int(Double(count) / seconds))/s (\(count) in \(time)); written so far: \(writtenBytes()) bytes, \(residentMemory())"
        )
    }

    /// What this process has written to disks, as Linux counts it.
    private static func writtenBytes() -> String {
        let text = (try? String(contentsOfFile: "/proc/self/io", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").first { $0.hasPrefix("write_bytes") }.map { String($0.dropFirst(13)) } ?? "?"
    }

    private static func residentMemory() -> String {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").first { $0.hasPrefix("VmRSS") }.map(String.init) ?? "?"
    }
}
