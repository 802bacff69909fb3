import Events
import Journal
import PostgresServer
import Randomness
import Synchronization
import TestSupport
import Testing

@testable import JournalPostgres

@Suite struct IdentityRotationTests {
    /// What the writers of a test and the changes beside them know of one another.
    private final class Changes: Sendable {
        private let state = Mutex((areOver: false, appends: 0))

        var areOver: Bool { state.withLock { $0.areOver } }
        var appends: Int { state.withLock { $0.appends } }
        func end() { state.withLock { $0.areOver = true } }
        func noteAppend() { state.withLock { $0.appends += 1 } }
    }

    private static func request(_ ids: [String]) -> AppendRequest {
        AppendRequest(events: ids.map { TestJournal.event($0) }, policy: .each)
    }

    private static func numbers(_ results: [AppendResult]) -> [SequenceNumber] {
        results.compactMap { if case .stored(let number) = $0 { number } else { nil } }
    }

    private static func rotation(_ store: PostgresEventStore) -> IdentityRotation {
        IdentityRotation(connection: store.parts.duties, logger: TestJournal.logger)
    }

    /// Gives the duty of changing parts to a node that does nothing, so that no store finishes what a test has begun.
    private static func keepFromChanging(_ store: PostgresEventStore, in journal: TestJournal) async throws {
        try await journal.server.run(
            """
            INSERT INTO nodes(node, name, version, format, routes, expires_at)
            VALUES (77, 'idle', '', \(JournalMeta.format), '', now() + interval '1 h')
            """,
            schema: journal.schema
        )
        try await waitUntil("the store has given the duty back") {
            try await DutyLease.take(.identities, for: 77, over: store.parts.duties) != nil
        }
    }

    @Test(arguments: [64, 4])
    func `knows identities of closed parts, with a filter and without`(bits: Int) async throws {
        let journal = try await TestJournal { $0.identityHashBits = bits }
        let store = try await journal.open()
        var stored: [String: SequenceNumber] = [:]
        for part in 1...4 as ClosedRange<Int32> {
            let ids = (0..<40).map { "part\(part)-\($0)" }
            let numbers = Self.numbers(try await store.append(Self.request(ids)))
            #expect(numbers.count == ids.count)
            for (id, number) in zip(ids, numbers) { stored[id] = number }
            try await Self.rotation(store).rotate(from: part)
            if part == 2 { try await IdentityFilters.make(store.parts.duties) }
            let known = stored.keys.sorted()
            let results = try await store.append(Self.request(known))
            #expect(results == known.map { .duplicate(of: stored[$0] ?? 0) })
        }
        let states = try await journal.server.run(
            "SELECT number, state, has_filter FROM identity_parts ORDER BY number",
            schema: journal.schema
        )
        // The store makes the other filters in its own time.
        let expected = [
            ["1|closed|t"], ["2|closed|t"], ["3|closed|f", "3|closed|t"], ["4|closed|f", "4|closed|t"], ["5|open|f"],
        ]
        #expect(states.count == expected.count && zip(states, expected).allSatisfy { $1.contains($0) }, "\(states)")
        // A node that has seen nothing of it.
        let other = try await journal.open()
        #expect(try await other.append(Self.request(["part1-0"])) == [.duplicate(of: stored["part1-0"] ?? 0)])
        #expect(try await other.events(withID: "part3-7", of: "shop").map(\.sequence) == [stored["part3-7"] ?? 0])
        await store.close()
        await other.close()
    }

    @Test func `finishes a change that another node has begun`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        _ = try await store.append(Self.request(["a"]))
        try await Self.keepFromChanging(store, in: journal)
        try await store.parts.duties.run(.createIdentities(part: 2))
        try await store.parts.duties.run(.overlapIdentityPart, [.int4(1)])
        #expect(Self.numbers(try await store.append(Self.request(["a", "b"]))).count == 1)
        let both = try await journal.server.run(
            "SELECT count(*) FROM identities_1 JOIN identities_2 USING (key, place)",
            schema: journal.schema
        )
        #expect(both == ["1"])
        try await Self.rotation(store).run(IdentityPartLimits())
        #expect(Self.numbers(try await store.append(Self.request(["a", "b", "c"]))).count == 1)
        await store.close()
    }

    @Test func `closes a part when it is old or large enough, and never an empty one`() {
        let limits = IdentityPartLimits(age: .seconds(60), identities: 1000)
        #expect(!limits.areReached(age: .seconds(59), identities: 999))
        #expect(limits.areReached(age: .seconds(60), identities: 1))
        #expect(limits.areReached(age: .zero, identities: 1000))
        #expect(!limits.areReached(age: .seconds(600), identities: 0))
    }

    /// Few ids, many writers, commits that hang, and one change after another: each id is stored once.
    @Test(arguments: [1, 2])
    func `stores no identity twice while parts change under fire`(seed: UInt64) async throws {
        let journal = try await TestJournal { $0.slots = 2 }
        let stores = [
            try await journal.open(), try await journal.open(), try await journal.open(), try await journal.open(),
        ]
        try await Self.slowDownCommits(journal)
        let changes = Changes()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, store) in stores.enumerated() {
                for writer in 0..<3 {
                    group.addTask {
                        var random = SplitMix(seed: seed * 100 + UInt64(index * 10 + writer))
                        var round: UInt64 = 0
                        while !changes.areOver {
                            // Writers go through the same ids at about the same time.
                            let ids = Set((0..<4).map { _ in round + UInt64.random(in: 0..<40, using: &random) })
                            _ = try await store.append(Self.request(ids.map { "id-\($0)" }))
                            changes.noteAppend()
                            round += 3
                        }
                    }
                }
            }
            for part in 1...12 as ClosedRange<Int32> {
                try await waitUntil("writers go on") { changes.appends >= Int(part) * 12 }
                try await Self.rotation(stores[Int(part) % stores.count]).rotate(from: part)
            }
            changes.end()
            try await group.waitForAll()
        }
        var (position, ids, count) = (JournalPosition.start, Set<EventID>(), 0)
        while true {
            let piece = try await stores[0].events(after: position, of: "shop", limit: 10_000)
            ids.formUnion(piece.events.map(\.event.event.id))
            count += piece.events.count
            if piece.through.isCovered(by: position) { break }
            position = piece.through
        }
        #expect(count > 50)
        #expect(count == ids.count, "seed \(seed): \(count - ids.count) of \(count) events are stored twice")
        for store in stores { await store.close() }
    }

    /// Lets one commit in three hang for a while, with all its locks.
    private static func slowDownCommits(_ journal: TestJournal) async throws {
        let tables = try await journal.server.run(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE inhparent = 'chunks'::regclass",
            schema: journal.schema
        )
        try await journal.server.run(
            """
            CREATE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF random() < 0.3 THEN PERFORM pg_sleep(random() * 0.2); END IF; RETURN NULL; END $$
            """,
            schema: journal.schema
        )
        for table in tables {
            try await journal.server.run(
                """
                CREATE CONSTRAINT TRIGGER hang AFTER INSERT ON \(table) DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION hang()
                """,
                schema: journal.schema
            )
        }
    }
}
