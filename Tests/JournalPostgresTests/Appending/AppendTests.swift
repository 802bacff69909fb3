import Events
import Journal
import JournalFormat
import PostgresServer
import Randomness
import TestSupport
import Testing

@testable import JournalPostgres

@Suite struct AppendTests {
    private static func each(_ ids: [String]) -> AppendRequest {
        AppendRequest(events: ids.map { TestJournal.event($0) }, policy: .each)
    }

    @Test func `stores events with numbers that tell their slot and their chunk`() async throws {
        let store = try await TestJournal().open()
        let results = try await store.append(Self.each(["a", "b"]))
        guard case .stored(let first) = results[0], case .stored(let second) = results[1] else {
            Issue.record("\(results)")
            return
        }
        #expect(SlotNumbers.slot(of: first.rawValue) == 1)
        #expect(SlotNumbers.lowestFirst(of: second.rawValue) == first.rawValue)
        #expect(try await store.newestPosition() == JournalPosition(second, inStream: 1))
        #expect(try await store.original(second)?.id == "b")
        await store.close()
    }

    @Test func `knows repeats of another node, of the same request, and conflicts`() async throws {
        let journal = try await TestJournal()
        let (one, other) = (try await journal.open(), try await journal.open())
        guard case .stored(let number) = try await one.append(Self.each(["a"]))[0] else { return }
        let events = [
            TestJournal.event("a"), TestJournal.event("b"), TestJournal.event("a", name: "x"), TestJournal.event("b"),
        ]
        let results = try await other.append(AppendRequest(events: events, policy: .each))
        guard case .stored(let new) = results[1] else {
            Issue.record("\(results)")
            return
        }
        let expected: [AppendResult] = [
            .duplicate(of: number), .stored(new), .conflict(with: number, fields: ["name"]), .duplicate(of: new),
        ]
        #expect(results == expected)
        await one.close()
        await other.close()
    }

    @Test func `stores each id once however many nodes get it at the same time`() async throws {
        let journal = try await TestJournal { $0.slots = 2 }
        let stores = [try await journal.open(), try await journal.open(), try await journal.open()]
        let numbers = try await withThrowingTaskGroup(of: [(String, AppendResult)].self) { group in
            for seed in 0..<24 as Range<UInt64> {
                group.addTask {
                    var random = SplitMix(seed: seed)
                    var found: [(String, AppendResult)] = []
                    for _ in 0..<10 {
                        let ids = (0..<8).map { _ in "id-\(UInt64.random(in: 0..<200, using: &random))" }
                        found += zip(ids, try await stores[Int(seed % 3)].append(Self.each(ids)))
                    }
                    return found
                }
            }
            return try await group.reduce(into: [String: Set<SequenceNumber>]()) { numbers, results in
                for (id, result) in results {
                    switch result {
                    case .stored(let number), .duplicate(let number, _): numbers[id, default: []].insert(number)
                    case .conflict, .withheld: Issue.record("\(id): \(result)")
                    }
                }
            }
        }
        #expect(numbers.count > 190)
        #expect(numbers.allSatisfy { $0.value.count == 1 })
        let stored = try await journal.server.run("SELECT sum(count) FROM chunks", schema: journal.schema)
        #expect(stored == ["\(numbers.count)"])
        for store in stores { await store.close() }
    }

    /// The first repeat is found by the unique index, those after it by looking keys up first.
    @Test func `finds a repeat among many new events, the first one and those after it`() async throws {
        let journal = try await TestJournal()
        let (one, other) = (try await journal.open(), try await journal.open())
        guard case .stored(let known) = try await one.append(Self.each(["known"]))[0] else { return }
        var numbers: [SequenceNumber] = []
        for round in 0..<3 {
            let ids = (0..<100).map { $0 == 50 ? "known" : "\(round)-\($0)" }
            for (index, result) in try await other.append(Self.each(ids)).enumerated() {
                switch result {
                case .stored(let number) where index != 50: numbers.append(number)
                case .duplicate(of: known, _) where index == 50: continue
                case .stored, .duplicate, .conflict, .withheld: Issue.record("\(ids[index]): \(result)")
                }
            }
        }
        #expect(numbers == numbers.sorted() && Set(numbers).count == 297)
        let identities = try await journal.server.run("SELECT count(*) FROM identities_1", schema: journal.schema)
        #expect(identities == ["298"])
        #expect(try await journal.server.run("SELECT sum(count) FROM chunks", schema: journal.schema) == ["298"])
        await one.close()
        await other.close()
    }

    @Test func `stores an event once that two nodes get at the same moment`() async throws {
        let journal = try await TestJournal()
        for round in 0..<20 {
            // New nodes have seen no repeat yet.
            let (one, other) = (try await journal.open(), try await journal.open())
            async let first = one.append(Self.each(["\(round)", "one-\(round)"]))
            async let second = other.append(Self.each(["other-\(round)", "\(round)"]))
            let results = [try await first[0], try await second[1]]
            let stored = results.compactMap { if case .stored(let number) = $0 { number } else { nil } }
            try #require(stored.count == 1, "\(results)")
            #expect(results.contains(.duplicate(of: stored[0])), "\(results)")
            await one.close()
            await other.close()
        }
    }

    /// With ten bits nearly all first keys are taken by others.
    @Test func `tells identities apart that share a key`() async throws {
        let journal = try await TestJournal { $0.identityHashBits = 4 }
        let store = try await journal.open()
        let ids = (0..<200).map { "id-\($0)" }
        let first = try await store.append(Self.each(ids))
        let again = try await store.append(Self.each(ids))
        for (stored, repeated) in zip(first, again) {
            guard case .stored(let number) = stored else {
                Issue.record("\(stored)")
                continue
            }
            #expect(repeated == .duplicate(of: number))
        }
        await store.close()
    }

    @Test func `takes a slot again when its own was lost, and stores the group there`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        guard case .stored(let first) = try await store.append(Self.each(["a"]))[0] else { return }
        try await journal.server.run("UPDATE slots SET node = NULL, epoch = epoch + 1", schema: journal.schema)
        let results = try await store.append(Self.each(["b", "a"]))
        guard case .stored(let number) = results[0] else {
            Issue.record("\(results)")
            return
        }
        #expect(number > first)
        #expect(results[1] == .duplicate(of: first))
        let epochs = try await journal.server.run("SELECT max(epoch) > 2 FROM slots", schema: journal.schema)
        #expect(epochs == ["t"])
        await store.close()
    }

    @Test func `makes the tables of a day that nobody has prepared`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let partitions = try await journal.server.run(
            "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'chunks'::regclass AND inhrelid::regclass::text <> 'chunks_imported'",
            schema: journal.schema
        )
        for partition in partitions { try await journal.server.run("DROP TABLE \(partition)", schema: journal.schema) }
        guard case .stored = try await store.append(Self.each(["a"]))[0] else {
            Issue.record("not stored")
            return
        }
        await store.close()
    }

    /// As when more was appended than there are milliseconds, or the database's clock was ahead for a moment.
    @Test(arguments: [(5, 1), (400, 2)] as [(Int, Int16)])
    func `stores events although the numbers of the slot are ahead of the clock`(days: Int, slot: Int16) async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        _ = try await store.append(Self.each(["a"]))
        let ahead = SlotNumbers.lowest(at: store.parts.clock.now + .seconds(days * 86_400))
        try await journal.server.run(
            "UPDATE slots SET removed = \(ahead), node = NULL, epoch = epoch + 1",
            schema: journal.schema
        )
        guard case .stored(let number) = try await store.append(Self.each(["b"]))[0] else {
            Issue.record("not stored")
            return
        }
        #expect(SlotNumbers.slot(of: number.rawValue) == slot, "numbers of years to come have no tables")
        #expect((number.rawValue > ahead) == (slot == 1))
        await store.close()
    }

    @Test func `makes tables up to the days after the highest number`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let now = store.parts.clock.now
        try await store.parts.partitions.prepare(at: now, through: now + .seconds(4 * 86_400))
        // Whatever the number says, there is an end.
        try await store.parts.partitions.prepare(at: now, through: Timestamp(milliseconds: .max))
        var day = DayPartitions.Day(holding: now)
        var expected = [day.name]
        for _ in 0..<32 {
            day = day.next
            expected.append(day.name)
        }
        let names = try await store.parts.points.run(.readPartitions, [.text("chunks")]).map { $0.text(0) }
        let days = names.filter { $0 != "chunks_imported" }
        #expect(Set(days).isSuperset(of: expected.map { "chunks_\($0)" }))
        #expect(days.last == "chunks_\(day.name)")
        await store.close()
    }

    @Test func `finds an append stored whose answer was lost, however often the server falls`() async throws {
        let server = try await PostgresServer.make()
        let journal = try await TestJournal {
            $0.address = Secret(server.address)
            $0.outagePatience = .seconds(600)
        }
        let store = try await journal.open()
        // The names of the events are known by then: an append waits less long for those than for the database.
        _ = try await store.append(Self.each(["before"]))
        let faults = Task {
            for _ in 0..<4 {
                try await Task.sleep(for: .milliseconds(300))
                try await server.crashAndRestart()
            }
        }
        var numbers: [SequenceNumber] = []
        var index = 0
        while !faults.isCancelled, index < 400 {
            let result = try await store.append(Self.each(["id-\(index)"]))
            guard case .stored(let number) = result[0] else {
                Issue.record("id-\(index): \(result)")
                break
            }
            numbers.append(number)
            index += 1
        }
        try await faults.value
        #expect(numbers == numbers.sorted())
        let stored = try await server.run("SELECT sum(count) FROM chunks", schema: journal.schema)
        #expect(stored == ["\(numbers.count + 1)"])
        await store.close()
    }
}
