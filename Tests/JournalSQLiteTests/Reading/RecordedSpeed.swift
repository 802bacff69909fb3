import Events
import Foundation
import Journal
import JournalBehaviour
import Logging
import TestSupport
import Testing

@testable import JournalSQLite

/// Measures windows, counts and lanes: `TOLLGATE_MEASURE=1 swift test -c release --filter RecordedSpeed`, with
/// `TOLLGATE_MEASURE_EVENTS` for another number of events than a million.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["TOLLGATE_MEASURE"] != nil))
struct RecordedSpeed {
    private static let plan = Plan(
        route: "default",
        destinations: ["lago", "polar", "flexprice"].map {
            Destination(provider: ProviderName($0), adapter: AdapterName($0), mode: .primary)
        }
    )

    private static let total =
        ProcessInfo.processInfo.environment["TOLLGATE_MEASURE_EVENTS"].flatMap(Int.init) ?? 1_000_000
    private static let start = Timestamp(milliseconds: 1_750_000_000_000)
    /// Thirty days.
    private static let span = Duration.seconds(30 * 86_400)

    /// What the counts may take.
    private static let goal = (time: Duration.seconds(3), kilobytes: 100_000)

    @Test func `windows, counts and lanes`() async throws {
        try await withTemporaryFolder { folder in
            let store = try SQLiteEventStore(opening: folder, logger: Logger(label: "speed"))
            try await Self.fill(store)
            let live = try await Self.drain(store, try await store.lease("lago"), "lago")
            try await Self.drain(store, try await store.lease("polar"), "polar", rejecting: true)
            try await Self.count(store)
            try await Self.read(store, withDeliveries: false)
            try await Self.read(store, withDeliveries: true)
            let new = NewLane(
                provider: "new",
                adapter: "lago",
                filter: LaneFilter(),
                routes: [],
                rate: 50,
                by: "operator",
                at: Self.start
            )
            guard case .started(let lane) = try await store.start(new) else { return }
            let lease = try await store.lease(lane.number, taking: Everything())
            let backfill = try await Self.drain(store, lease, lane.account)
            print("a lane takes \(backfill / live) of the time of a live backlog")
            await store.close()
        }
    }

    private struct Everything: LaneMembership {
        let target = Destination(provider: "new", adapter: "lago", mode: .mirror)

        func destination(for event: AcceptedEvent) -> Destination? { target }
    }

    private static func count(_ store: SQLiteEventStore) async throws {
        let window = RecordedWindow(clock: .occurred, from: start, until: start + span)
        let before = try residentKilobytes()
        for _ in 0..<2 {
            let begin = ContinuousClock.now
            let counts = try await store.ledgerCounts(window)
            let time = ContinuousClock.now - begin
            let more = try residentKilobytes() - before
            print("counts of \(counts.events) events, \(counts.cells.count) cells: \(time), \(more) kB more")
            #expect(counts.events == total)
            #expect(time < goal.time)
            #expect(more < goal.kilobytes)
        }
        let accepted = RecordedWindow(clock: .accepted, from: start, until: start + span)
        let begin = ContinuousClock.now
        let counts = try await store.ledgerCounts(accepted)
        print("counts by acceptance of \(counts.events) events: \(ContinuousClock.now - begin)")
    }

    private static func read(_ store: SQLiteEventStore, withDeliveries: Bool) async throws {
        let window = RecordedWindow(
            clock: .occurred,
            from: start,
            until: start + span,
            withDeliveries: withDeliveries
        )
        let (begin, before) = (ContinuousClock.now, try residentKilobytes())
        var (events, position, isLast) = (0, JournalPosition?.none, false)
        while !isLast {
            let piece = try await store.recorded(window, after: position, limit: 2000)
            events += piece.events.count
            position = piece.through
            isLast = piece.isLast
        }
        print(
            "\(events) events \(withDeliveries ? "with" : "without") deliveries: \(ContinuousClock.now - begin), "
                + "\(try residentKilobytes() - before) kB more"
        )
    }

    /// Claims and settles in batches of a hundred.
    @discardableResult
    private static func drain(
        _ store: SQLiteEventStore,
        _ lease: AccountLease,
        _ provider: ProviderName,
        rejecting: Bool = false
    ) async throws -> Duration {
        let begin = ContinuousClock.now
        let attempt = Attempt(at: start, latency: .milliseconds(1), httpStatus: 200, status: .delivered)
        let fault = DeliveryFault(code: .unknownCustomer, message: "no such customer")
        var events = 0
        while let block = try await store.claimBlock(under: lease, limit: BlockLimit(events: 1000, bytes: 4 << 20)) {
            let sequences = block.deliveries.map(\.sequence)
            events += sequences.count
            let bad = rejecting && events % 5000 == 0 ? sequences : []
            let runs = stride(from: 0, to: sequences.count, by: 100).map {
                DeliveredRun(sequences: Array(sequences[$0..<min($0 + 100, sequences.count)]), attempt: attempt)
            }
            try await store.settle(
                Settlement(
                    provider: provider,
                    delivered: bad.isEmpty ? runs : [],
                    exceptions: bad.map { SettledDelivery(sequence: $0, status: .rejected, fault: fault) }
                ),
                under: lease
            )
        }
        let time = ContinuousClock.now - begin
        print("\(events) events claimed and settled at \(provider): \(time)")
        return time
    }

    private static func fill(_ store: SQLiteEventStore) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for first in stride(from: task * 100, to: total, by: 800) {
                        let events = (first..<(first + 100)).map(event)
                        _ = try await store.append(AppendRequest(events: events, policy: .allOrNothing))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func event(_ number: Int) -> AcceptedEvent {
        let time = start + span * number / total
        return AcceptedEvent(
            CanonicalEvent(
                name: "name-\(number % 10)",
                customerID: "customer-\(number &* 0x9E37_79B1 % 10_000)",
                timestamp: time,
                source: "api",
                properties: JSONText(
                    checked: #"{"request_size": 100, "region": "eu", "path": "/v1/things/\#(number % 97)"}"#
                )
            ),
            id: EventID("0197f5c2-7a3e-7c4d-9b1a-\(number + 100_000_000_000)"),
            in: Submission(tenant: "shop", client: "web", acceptedAt: time, plan: plan)
        )
    }

    /// The memory that the process has now.
    private static func residentKilobytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line.flatMap { Int($0.split(separator: " ").dropLast().last ?? "") } ?? 0
    }
}
