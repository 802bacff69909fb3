import Events
import Journal
import PostgresServer
import Testing

@testable import JournalPostgres

@Suite struct EventCountsTests {
    @Test func `counts what was not counted before, and what retention has removed since`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        var numbers: [SequenceNumber] = []
        for chunk in 0..<3 {
            let events = (0..<2).map { TestJournal.event("\(chunk)-\($0)") }
            for case .stored(let number) in try await store.append(AppendRequest(events: events, policy: .each)) {
                numbers.append(number)
            }
        }
        try #require(numbers.count == 6)
        let counts = EventCounts(chunksPerStatement: 2)
        func count(_ counts: EventCounts, through number: SequenceNumber) async throws -> Int {
            let slot = UInt16(SlotNumbers.slot(of: number.rawValue))
            let position = JournalPosition.start.advanced(to: number, inStream: slot)
            return try await store.read(on: store.parts.counts) { (session) throws(PostgresFailure) in
                try counts.events(through: position, session)
            }
        }
        #expect(try await count(counts, through: numbers[5]) == 6)
        #expect(try await count(counts, through: numbers[2]) == 3, "a part of a chunk")
        try await journal.removeChunks(where: "first = \(numbers[0].rawValue)")
        #expect(try await count(counts, through: numbers[5]) == 6)
        #expect(try await count(counts, through: numbers[2]) == 3)
        #expect(try await count(EventCounts(), through: numbers[5]) == 4, "another node does not know of it")
        await store.close()
    }

    @Test func `what is final is counted once`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let events = (0..<3).map { TestJournal.event("\($0)") }
        guard case .stored(let number)? = try await store.append(AppendRequest(events: events, policy: .each)).last
        else {
            Issue.record("they are new")
            return
        }
        let slot = UInt16(SlotNumbers.slot(of: number.rawValue))
        let position = JournalPosition.start.advanced(to: number, inStream: slot)
        let counts = EventCounts()
        func count(isFinal: Bool) async throws -> Int {
            try await store.read(on: store.parts.counts) { (session) throws(PostgresFailure) in
                try counts.events(through: position, isFinal: isFinal, session)
            }
        }
        #expect(try await count(isFinal: false) == 3)
        try await journal.server.run("UPDATE chunks SET count = 2", schema: journal.schema)
        #expect(try await count(isFinal: true) == 2, "so little is counted again")
        try await journal.removeChunks()
        #expect(try await count(isFinal: true) == 2)
        #expect(try await count(isFinal: false) == 2)
        await store.close()
    }

    @Test func `counts again after the database may have lost commits`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let events = (0..<3).map { TestJournal.event("\($0)") }
        guard case .stored(let number)? = try await store.append(AppendRequest(events: events, policy: .each)).last
        else {
            Issue.record("they are new")
            return
        }
        let slot = UInt16(SlotNumbers.slot(of: number.rawValue))
        let position = JournalPosition.start.advanced(to: number, inStream: slot)
        func count() async throws -> Int {
            try await store.read(on: store.parts.counts) {
                [counts = store.parts.eventCounts]
                (session) throws(PostgresFailure) in
                try counts.events(through: position, isFinal: true, session)
            }
        }
        #expect(try await count() == 3)
        // As retention does: a connection that is made now would find the loss itself.
        try await journal.removeChunks()
        #expect(try await count() == 3, "retention has removed them")
        store.giveUp(CommitLoss(events: [], isCertain: true, nodes: []))
        #expect(try await count() == 0)
        await store.close()
    }

    @Test func `keeps a limited number of marks, and always the last`() throws {
        var marks = CountMarks()
        let last = Int64(CountMarks.limit + 1)
        for place in 1...last { marks.insert(CountMarks.Mark(place: place, events: place * 10)) }
        #expect(marks.last == CountMarks.Mark(place: last, events: last * 10))
        #expect(marks.first(from: last + 1) == nil)
        #expect(marks.first(from: 0) == CountMarks.Mark(place: 1, events: 10))
        #expect(marks.first(from: 2) == CountMarks.Mark(place: 3, events: 30), "every other one is gone")
        marks.insert(CountMarks.Mark(place: 3, events: 0))
        #expect(marks.first(from: 3)?.events == 30, "what is known stays")
    }
}
