import Events
import Foundation
import Journal
import JournalFormat
import JournalSQLite
import PostgresServer
import Randomness
import Synchronization
import TestSupport
import Testing

@testable import JournalPostgres

/// Moving an embedded journal into a database.
@Suite struct MoveTests {
    private static let limit = BlockLimit(events: 1000, bytes: 1 << 20)

    private static func openSQLite(
        _ folder: URL,
        toMove: Bool = false,
        _ change: (inout SQLiteStoreSettings) -> Void = { _ in }
    ) throws -> SQLiteEventStore {
        var settings = SQLiteStoreSettings()
        // Many small chunks, so that runs cross their borders.
        settings.chunkBytes = 2000
        change(&settings)
        return try SQLiteEventStore(opening: folder, toMove: toMove, settings: settings, logger: TestJournal.logger)
    }

    private static func plan(_ providers: String...) -> Plan {
        Plan(
            route: "default",
            destinations: providers.map { Destination(provider: ProviderName($0), adapter: "lago", mode: .primary) }
        )
    }

    private static let attempt = Attempt(
        at: Timestamp(milliseconds: 1_750_000_001_000),
        latency: .milliseconds(3),
        httpStatus: 200,
        status: .delivered
    )

    private static let fault = DeliveryFault(
        code: .vendorUnavailable,
        message: "the vendor answered 503",
        vendor: "zero \0 byte"
    )

    /// Fills a journal with events for two providers, of which some are delivered, retried, rejected, in flight or waiting.
    private static func fill(_ store: SQLiteEventStore, events: Int = 300) async throws {
        let plans = [plan("lago"), plan("polar"), plan("lago", "polar")]
        for start in stride(from: 0, to: events, by: 30) {
            let batch = (start..<min(start + 30, events)).map { number in
                TestJournal.event(
                    "event-\(number)",
                    scope: number % 7 == 0 ? "scope" : "",
                    tenant: number % 5 == 0 ? "other" : "shop",
                    plan: plans[number % 3]
                )
            }
            _ = try await store.append(AppendRequest(events: batch, policy: .each))
        }
        let lago = try await store.lease("lago")
        for turn in 0..<3 {
            let limit = BlockLimit(events: 40, bytes: 1 << 20)
            let claimed = try await store.claimBlock(under: lago, limit: limit)?.deliveries.map(\.sequence) ?? []
            // The second block has no outcome: what is settled after it is ahead of the cursor.
            if turn != 1, !claimed.isEmpty { try await store.settle(outcomes(of: claimed), under: lago) }
        }
        let polar = try await store.lease("polar")
        let claimed = try await store.claimBlock(under: polar, limit: Self.limit)?.deliveries.map(\.sequence) ?? []
        try await store.settle(
            Settlement(
                provider: "polar",
                delivered: [
                    DeliveredRun(sequences: Array(claimed.prefix(max(1, claimed.count - 50))), attempt: attempt)
                ]
            ),
            under: polar
        )
        // One of these has certainly not been sent.
        try await store.intend(Array(claimed.suffix(3)), under: polar)
        store.departs(Array(claimed.suffix(2)), under: polar)
        try await store.hold(
            ProviderHold(until: Timestamp(milliseconds: 99), fault: fault, isParked: true),
            under: polar
        )
        try await store.hold(
            "unheard-of",
            byOperator: OperatorHold(until: Timestamp(milliseconds: 5), by: "web", at: Timestamp(milliseconds: 4))
        )
        try await fillLane(store)
        try await store.pin(
            RetentionPin(name: "pin", acceptedFrom: Timestamp(milliseconds: 1), expiresAt: Timestamp(milliseconds: 2))
        )
        try await store.record(entry)
        for number in 1...3 { _ = try await store.append(act(number), recording: entry) }
    }

    private static let entry = AuditEntry(
        at: Timestamp(milliseconds: 12),
        category: .administration,
        action: "routes_changed",
        tenant: nil,
        actor: "web",
        keyID: "k1",
        remoteAddress: "127.0.0.1",
        details: ["a": "b"]
    )

    private static func act(_ number: Int) -> MigrationAct {
        MigrationAct(
            migration: "to-polar",
            number: number,
            action: "ramp",
            detail: [123, 125, 0, 255],
            plan: number == 2 ? "plan-1" : nil,
            actor: "web",
            keyID: number == 3 ? nil : "k1",
            at: Timestamp(milliseconds: Int64(number))
        )
    }

    /// Some of these events are retried or rejected, the others delivered.
    private static func outcomes(of sequences: [SequenceNumber]) -> Settlement {
        var (delivered, exceptions): ([SequenceNumber], [SettledDelivery]) = ([], [])
        for (index, sequence) in sequences.enumerated() {
            guard index % 13 == 4 else {
                delivered.append(sequence)
                continue
            }
            let status: DeliveryStatus = index % 2 == 0 ? .retrying : .rejected
            let failed = Attempt(
                at: Timestamp(milliseconds: 1_750_000_001_000),
                latency: .milliseconds(7),
                httpStatus: 503,
                status: status,
                fault: fault
            )
            let due = status == .retrying ? Timestamp(milliseconds: 1_750_000_100_000) : nil
            exceptions.append(
                SettledDelivery(
                    sequence: sequence,
                    status: status,
                    newAttempts: [failed],
                    nextAttemptAt: due,
                    fault: fault
                )
            )
        }
        return Settlement(
            provider: "lago",
            delivered: [DeliveredRun(sequences: delivered, attempt: attempt)],
            exceptions: exceptions
        )
    }

    /// Takes every fourth event.
    private struct EveryFourth: LaneMembership {
        func destination(for event: AcceptedEvent) -> Destination? {
            guard let number = Int(event.id.rawValue.dropFirst("event-".count)), number % 4 == 0 else { return nil }
            return Destination(provider: "archive", adapter: "polar", mode: .primary)
        }
    }

    /// Starts a lane and delivers some of its events.
    private static func fillLane(_ store: SQLiteEventStore) async throws {
        let started = try await store.start(
            NewLane(
                provider: "archive",
                adapter: "polar",
                filter: LaneFilter(tenant: "shop"),
                routes: [1, 2, 3],
                rate: 12.5,
                by: "web",
                at: Timestamp(milliseconds: 3)
            )
        )
        guard case .started(let lane) = started else {
            Issue.record("\(started)")
            return
        }
        let lease = try await store.lease(lane.number, taking: EveryFourth())
        let limit = BlockLimit(events: 30, bytes: 1 << 20)
        let claimed = try await store.claimBlock(under: lease, limit: limit)?.deliveries.map(\.sequence) ?? []
        let run = DeliveredRun(sequences: Array(claimed.prefix(17)), attempt: attempt)
        try await store.settle(Settlement(provider: lease.provider, delivered: [run]), under: lease)
        _ = try await store.change(lane.number, .fixEnd, by: "web", at: Timestamp(milliseconds: 4))
        _ = try await store.change(lane.number, .pause, by: "web", at: Timestamp(milliseconds: 5))
    }

    /// What both stores say of each event.
    private static func picture(of store: any EventStore, events: Int) async throws -> [String] {
        var lines: [String] = []
        for number in 0..<events {
            for tenant in ["shop", "other"] as [TenantID] {
                for found in try await store.events(withID: EventID("event-\(number)"), of: tenant) {
                    lines.append(
                        "\(found.sequence) \(found.event.id) \(found.event.idScope) \(tenant) "
                            + found.deliveries.map { "\($0)".replacing("\\0", with: "\u{FFFD}") }.joined(
                                separator: "; "
                            )
                    )
                }
            }
        }
        return lines
    }

    private static func move(
        _ folder: URL,
        to journal: TestJournal,
        _ told: @escaping @Sendable (MoveProgress) -> Void = { _ in }
    ) async throws -> MoveReport {
        let source = try openSQLite(folder, toMove: true)
        do {
            let report = try await JournalMove(from: source, to: journal.settings, logger: TestJournal.logger).run(told)
            await source.close()
            return report
        } catch {
            await source.close()
            throw error
        }
    }

    @Test func `moves events with their numbers and ids, outcomes, history, lanes and holds`() async throws {
        try await withTemporaryFolder { folder in
            let source = try Self.openSQLite(folder)
            try await Self.fill(source)
            let before = try await Self.picture(of: source, events: 300)
            let backlogs = [try await source.backlog(of: "lago"), try await source.backlog(of: "polar")]
            let lanes = try await source.lanes()
            let holds = (try await source.hold(of: "polar"), try await source.operatorHold(of: "unheard-of"))
            let log = try await source.auditLog(AuditFilter(), before: nil, limit: 10)
            let id = source.journalID
            #expect(before.count == 300)
            await source.close()

            let journal = try await TestJournal()
            let report = try await Self.move(folder, to: journal)
            #expect(report.events == 300 && report.damagedChunks == 0 && !report.wasContinued)
            #expect(report.backlog == backlogs.reduce(0) { $0 + $1.events })

            let store = try await journal.open()
            #expect(store.journalID == id)
            let after = try await Self.picture(of: store, events: 300)
            #expect(after.count == before.count)
            for (old, new) in zip(before, after) { #expect(old == new) }
            #expect(try await store.backlog(of: "lago") == backlogs[0])
            #expect(try await store.backlog(of: "polar") == backlogs[1])
            #expect(try await store.lanes() == lanes)
            #expect(try await store.operatorHold(of: "unheard-of") == holds.1 && holds.1 != nil)
            #expect(try await store.hold(of: "polar")?.until == holds.0?.until && holds.0 != nil)
            #expect(try await store.pins().map(\.name) == ["pin"])
            #expect(try await store.migrationActs() == (1...3).map(Self.act))
            #expect(try await store.append(Self.act(4), recording: Self.entry))
            #expect(
                try await store.auditLog(AuditFilter(), before: nil, limit: 10).dropFirst() == log[...]
                    && log.count == 4
            )
            await store.close()
        }
    }

    @Test func `finds repeats and conflicts of moved events, and delivers what is left, each event once`() async throws
    {
        try await withTemporaryFolder { folder in
            // Sixteen bits, so that many events have their second key.
            let source = try Self.openSQLite(folder) { $0.identityHashBits = 8 }
            try await Self.fill(source)
            await source.close()
            let journal = try await TestJournal { $0.identityHashBits = 8 }
            _ = try await Self.move(folder, to: journal)
            let store = try await journal.open()
            for number in 0..<300 {
                let event = TestJournal.event(
                    "event-\(number)",
                    scope: number % 7 == 0 ? "scope" : "",
                    tenant: number % 5 == 0 ? "other" : "shop"
                )
                let other = TestJournal.event(
                    "event-\(number)",
                    scope: number % 7 == 0 ? "scope" : "",
                    name: "other",
                    tenant: number % 5 == 0 ? "other" : "shop"
                )
                let results = try await store.append(AppendRequest(events: [event, other], policy: .each))
                guard case .duplicate(let original, _) = results[0], case .conflict = results[1] else {
                    Issue.record("\(number): \(results)")
                    continue
                }
                #expect(original.rawValue == Int64(number + 1))
            }
            let new = try await store.append(
                AppendRequest(events: [TestJournal.event("new", plan: Self.plan("lago"))], policy: .each)
            )
            #expect(new.count == 1)
            let lease = try await store.lease("lago")
            let waiting = try await store.backlog(of: "lago").events
            var seen: [SequenceNumber] = []
            while let block = try await store.claimBlock(under: lease, limit: Self.limit), !block.deliveries.isEmpty {
                seen += block.deliveries.map(\.sequence)
            }
            let due = try await store.claimDue(
                under: lease,
                at: Timestamp(milliseconds: 1_760_000_000_000),
                limit: Self.limit
            )
            seen += due.map(\.sequence)
            #expect(seen.count == waiting && Set(seen).count == waiting)
            // What was on its way at the embedded store's vendor has an unknown outcome.
            let polar = try await store.lease("polar")
            #expect(try await store.claimInterrupted(under: polar).count == 2)
            await store.close()
        }
    }

    @Test func `goes on where it was interrupted`() async throws {
        try await withTemporaryFolder { folder in
            let source = try Self.openSQLite(folder)
            try await Self.fill(source, events: 900)
            await source.close()
            let journal = try await TestJournal()
            for phase in [MoveProgress.Phase.events, .outcomes, .deliveries, .comparing] {
                let interrupted = try Self.openSQLite(folder, toMove: true)
                let stopping = InterruptedJournal(interrupted, in: phase)
                await #expect(throws: StoreError.closed) {
                    _ = try await JournalMove(from: stopping, to: journal.settings, logger: TestJournal.logger).run {
                        _ in
                    }
                }
                await interrupted.close()
                // Nobody may open it meanwhile.
                await #expect(
                    throws: StoreError.unusable(
                        path: journal.schema,
                        reason: "a journal is being moved into it; finish that with `tollgate journal move`"
                    )
                ) { _ = try await journal.open() }
            }
            let again = try Self.openSQLite(folder)
            let before = try await Self.picture(of: again, events: 900)
            await again.close()
            let report = try await Self.move(folder, to: journal)
            #expect(report.wasContinued && report.events == 900)
            let store = try await journal.open()
            #expect(try await Self.picture(of: store, events: 900) == before)
            await store.close()
        }
    }

    @Test func `refuses a target that has another journal, and one that it was moved to before`() async throws {
        try await withTemporaryFolder { folder in
            let source = try Self.openSQLite(folder)
            try await Self.fill(source, events: 30)
            await source.close()
            let foreign = try await TestJournal()
            try await foreign.open().close()
            await #expect(
                throws: StoreError.unusable(
                    path: foreign.schema,
                    reason: "it has another journal; choose another schema with --store-schema"
                )
            ) { _ = try await Self.move(folder, to: foreign) }
            // The folder is as good as before.
            let still = try Self.openSQLite(folder)
            await still.close()
            let journal = try await TestJournal()
            _ = try await Self.move(folder, to: journal)
            let again = await refusalReason {
                _ = try await Self.move(folder, to: journal)
            }
            #expect(again.hasPrefix("the journal was moved there already"))
            let opened = await refusalReason {
                _ = try Self.openSQLite(folder)
            }
            #expect(
                opened.contains("its journal was moved to \(journal.server.folder):") && opened.contains(journal.schema)
            )
        }
    }

    @Test func `finds what differs, and leaves the embedded journal in use`() async throws {
        try await withTemporaryFolder { folder in
            let source = try Self.openSQLite(folder)
            try await Self.fill(source, events: 90)
            await source.close()
            let journal = try await TestJournal()
            let opened = try Self.openSQLite(folder, toMove: true)
            let forgetful = InterruptedJournal(opened, losing: .attempts)
            let difference = await refusalReason {
                _ = try await JournalMove(from: forgetful, to: journal.settings, logger: TestJournal.logger).run { _ in
                }
            }
            #expect(difference.hasPrefix("the moved journal differs in the number of rows of attempts: "))
            await opened.close()
            let still = try Self.openSQLite(folder)
            await still.close()
        }
    }
}

/// A journal whose move is interrupted, or that loses rows on the way.
private final class InterruptedJournal: MovableJournal {
    private let journal: SQLiteEventStore
    private let phase: MoveProgress.Phase?
    private let lost: MovedTable?
    private let calls = Mutex((chunks: 0, isAfterRows: false))

    init(_ journal: SQLiteEventStore, in phase: MoveProgress.Phase? = nil, losing lost: MovedTable? = nil) {
        self.journal = journal
        self.phase = phase
        self.lost = lost
    }

    var journalID: String { journal.journalID }
    var identityKey: SipHash { journal.identityKey }
    func contents() async throws(StoreError) -> MovedContents { try await journal.contents() }
    func movedNumbers() async throws(StoreError) -> ClosedRange<Int64>? { try await journal.movedNumbers() }
    func movedNames() async throws(StoreError) -> MovedNames { try await journal.movedNames() }

    func movedChunks(after number: Int64, limitBytes: Int) async throws(StoreError) -> [MovedChunk] {
        let (chunks, isAfterRows) = calls.withLock { calls in
            calls.chunks += 1
            return calls
        }
        if phase == .events, chunks > 2 { throw .closed }
        if phase == .comparing, isAfterRows { throw .closed }
        return try await journal.movedChunks(after: number, limitBytes: 4000)
    }

    func movedChunkNumbers(in range: ClosedRange<Int64>) async throws(StoreError) -> [Int64] {
        try await journal.movedChunkNumbers(in: range)
    }

    func movedOutcomes(of range: ClosedRange<Int64>) async throws(StoreError) -> MovedOutcomes {
        if phase == .outcomes, range.lowerBound > 1 { throw .closed }
        return try await journal.movedOutcomes(of: range)
    }

    func movedRows(of table: MovedTable, after key: [MovedValue]?, limit: Int) async throws(StoreError)
        -> [[MovedValue]]
    {
        if phase == .deliveries, table == .amendments { throw .closed }
        calls.withLock { $0.isAfterRows = true }
        let rows = try await journal.movedRows(of: table, after: key, limit: 3)
        return table == lost ? Array(rows.dropLast()) : rows
    }

    func movedIntents() async throws(StoreError) -> [Int64: [Int64]] { try await journal.movedIntents() }
    func movedBacklogs() async throws(StoreError) -> [String: Int] { try await journal.movedBacklogs() }
    func markMoved(to target: String) async throws(StoreError) { try await journal.markMoved(to: target) }
}
