import Events
import Foundation
import Journal
import PostgresServer
import Testing

@testable import JournalPostgres

/// Measures appends beside 30 closed parts of the identities with their filters: `TOLLGATE_MEASURE=1 swift test -c release
/// -Xswiftc -enable-testing --filter ClosedPartsSpeed`, with `TOLLGATE_MEASURE_EVENTS` for another number of identities than a million.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["TOLLGATE_MEASURE"] != nil))
struct ClosedPartsSpeed {
    private static let parts: Int32 = 30
    private static let identities =
        ProcessInfo.processInfo.environment["TOLLGATE_MEASURE_EVENTS"].flatMap(Int.init) ?? 1_000_000
    /// How long one measurement lasts.
    private static let time = Duration.seconds(3)
    private static let (slots, group) = (4, 64)

    /// Appends new events over all slots.
    /// - Parameter first: the number of the first event's ID.
    /// - Returns: events a second.
    private static func rate(
        _ store: PostgresEventStore,
        from first: Int,
        for time: Duration = time
    ) async throws -> Double {
        let begin = ContinuousClock.now
        let appended = try await withThrowingTaskGroup(of: Int.self) { tasks in
            for slot in 0..<slots {
                tasks.addTask {
                    var number = 0
                    while .now < begin + time {
                        let events = (number..<(number + group)).map { TestJournal.event("\(first)-\(slot)-\($0)") }
                        _ = try await store.append(AppendRequest(events: events, policy: .each))
                        number += group
                    }
                    return number
                }
            }
            return try await tasks.reduce(0, +)
        }
        return Double(appended) / ((ContinuousClock.now - begin) / .seconds(1))
    }

    /// A journal most of whose identities are in closed parts.
    private static func closeParts(of store: PostgresEventStore) async throws {
        let connection = store.parts.duties
        let rotation = IdentityRotation(connection: connection, logger: TestJournal.logger)
        for part in 0..<parts {
            let (first, count) = (Int(part) * identities, identities / Int(parts))
            for start in stride(from: 0, to: count, by: 2000) {
                let events = (start..<min(start + 2000, count)).map { TestJournal.event("closed-\(first + $0)") }
                _ = try await store.append(AppendRequest(events: events, policy: .each))
            }
            let open = try #require(try await connection.run(.readOpenPart).first)
            try await rotation.rotate(from: Int32(clamping: open.integer(0)))
        }
        try await IdentityFilters.make(connection)
    }

    @Test func `appends beside closed parts`() async throws {
        let (journal, other) = (try await TestJournal { $0.slots = 4 }, try await TestJournal { $0.slots = 4 })
        let (many, none) = (try await journal.open(), try await other.open())
        try await Self.closeParts(of: many)
        // Until the writers have read the new parts and their filters.
        for store in [many, none] { _ = try await Self.rate(store, from: 0, for: .seconds(10)) }
        var ratios: [Double] = []
        for turn in 1...5 {
            let base = try await Self.rate(none, from: turn)
            let rate = try await Self.rate(many, from: turn)
            print("\(Int(rate)) events/s beside \(Self.parts) closed parts, \(Int(base)) beside none")
            ratios.append(rate / base)
        }
        print("median ratio \(ratios.sorted()[2]), goal 0.95, floor 0.85")
        #expect(ratios.sorted()[2] >= 0.85)
        await many.close()
        await none.close()
    }
}
