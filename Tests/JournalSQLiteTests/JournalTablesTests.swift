import Events
import Foundation
import GRDB
import Journal
import JournalFormat
import Randomness
import Testing

@testable import JournalSQLite

/// What the journal says of itself as a whole: its numbers, its ends, and what was removed.
@Suite struct JournalTablesTests {
    // MARK: Removed ranges

    @Test(arguments: 1...20)
    func `what was removed is kept as ranges that do not touch`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let journal = try MemoryJournal()
        var model = SequenceRanges()
        for _ in 0..<40 {
            let first = Int64.random(in: 1...90, using: &random)
            let range = first...(first + Int64.random(in: 0...4, using: &random))
            // Nothing is removed twice.
            guard !model.overlaps(range) else { continue }
            model.insert(range)
            try journal.write { try RemovedTable.insert(range, in: $0) }
        }
        #expect(try journal.read { try RemovedTable.all(in: $0) } == model, "seed \(seed)")
        let rows = try journal.rows("SELECT first, last FROM removed ORDER BY first")
        #expect(rows == model.ranges.map { ["\($0.lowerBound)", "\($0.upperBound)"] }, "seed \(seed)")
        for _ in 0..<20 {
            let first = Int64.random(in: 1...90, using: &random)
            let range = first...(first + Int64.random(in: 0...30, using: &random))
            let part = try journal.read { try RemovedTable.ranges(within: range, in: $0) }
            for number in range { #expect(part.contains(number) == model.contains(number), "seed \(seed)") }
        }
    }

    @Test(arguments: ["VALUES(5, 4)", "VALUES(-1, 4)", "VALUES(1, 1152921504606846976)"])
    func `a range that cannot have been removed is reported`(values: String) throws {
        let journal = try MemoryJournal()
        try journal.execute("INSERT INTO removed(first, last) \(values)")
        #expect(throws: DamagedRow.self) { try journal.read { try RemovedTable.all(in: $0) } }
    }

    // MARK: The ends

    private func bounds(_ journal: MemoryJournal) throws -> [Int64] {
        let bounds = try journal.read { try JournalBounds(of: $0) }
        return [bounds.oldest, bounds.newest]
    }

    @Test func `an empty journal begins at 1, or behind what was removed`() throws {
        let journal = try MemoryJournal()
        #expect(try bounds(journal) == [1, 0])
        try journal.write { try MetaTable.setNewestRemoved(41, in: $0) }
        #expect(try bounds(journal) == [42, 41])
    }

    @Test func `the newest number is never lower than one that was removed`() throws {
        let journal = try MemoryJournal()
        try journal.append(5...9)
        #expect(try bounds(journal) == [5, 9])
        try journal.append(20...24)
        #expect(try bounds(journal) == [5, 24])
        try journal.write { try MetaTable.setNewestRemoved(30, in: $0) }
        #expect(try bounds(journal) == [5, 30])
    }

    /// With these, new events would get numbers that others have, or none at all.
    @Test(arguments: [
        "count = 0", "count = -7", "count = 9223372036854775807", "first = -3", "first = 1152921504606846975",
    ])
    func `a count that leads nowhere is reported`(change: String) throws {
        let journal = try MemoryJournal()
        try journal.append(5...9)
        try journal.execute("UPDATE chunks SET \(change)")
        #expect(throws: (any Error).self) { try bounds(journal) }
    }

    // MARK: Single numbers

    @Test func `a journal's id is drawn once, and has 32 digits whatever was drawn`() throws {
        let journal = try MemoryJournal()
        #expect(try journal.read { try MetaTable.drawnJournalID(in: $0) } == nil)
        let drawn = try journal.write { try MetaTable.journalID(in: $0) }
        let again = try journal.write { try MetaTable.journalID(in: $0) }
        #expect(drawn == again && drawn.count == 32)
        #expect(try journal.read { try MetaTable.drawnJournalID(in: $0) } == drawn)
        for (first, second, text) in [
            (0, 0, "00000000000000000000000000000000"), (1, -1, "0000000000000001ffffffffffffffff"),
            (.min, 0x0123_4567_89AB_CDEF, "80000000000000000123456789abcdef"),
            (.max, 16, "7fffffffffffffff0000000000000010"),
        ] as [(Int64, Int64, String)] {
            try journal.execute("UPDATE meta SET value = ? WHERE name = 'journal_id_0'", [first])
            try journal.execute("UPDATE meta SET value = ? WHERE name = 'journal_id_1'", [second])
            #expect(try journal.read { try MetaTable.drawnJournalID(in: $0) } == text)
        }
    }

    @Test func `half an id is none`() throws {
        let journal = try MemoryJournal()
        _ = try journal.write { try MetaTable.journalID(in: $0) }
        try journal.execute("DELETE FROM meta WHERE name = 'journal_id_1'")
        #expect(try journal.read { try MetaTable.drawnJournalID(in: $0) } == nil)
    }

    @Test func `without its key a journal cannot be used`() throws {
        let journal = try MemoryJournal()
        let key = try journal.read { try MetaTable.hashKey(in: $0) }
        #expect(try journal.read { try MetaTable.hashKey(in: $0) }.hash("text") == key.hash("text"))
        try journal.execute("DELETE FROM meta WHERE name = 'hash_key_1'")
        #expect(throws: StoreError.failed(reason: "the table meta has lost the key of the identity hash")) {
            try journal.read { try MetaTable.hashKey(in: $0) }
        }
    }

    @Test func `numbers that were never written are none, and the last one holds`() throws {
        let journal = try MemoryJournal()
        try journal.write { db in
            #expect(try MetaTable.newestRemoved(in: db) == 0)
            #expect(try MetaTable.removedThrough(in: db) == nil && MetaTable.notedTime(in: db) == nil)
            for number in [Int64.min, -1, 0, .max] {
                try MetaTable.setRemovedThrough(number, in: db)
                try MetaTable.setNotedTime(number, in: db)
                #expect(try MetaTable.removedThrough(in: db) == number && MetaTable.notedTime(in: db) == number)
            }
        }
    }

    // MARK: Holds and pins

    @Test func `a hold is replaced as a whole, and lifted`() throws {
        let journal = try MemoryJournal()
        func hold() throws -> ProviderHold? { try journal.read { try HoldTable.hold(of: "lago", in: $0) } }
        #expect(try hold() == nil)
        let fault = DeliveryFault(code: .unauthorized, message: "the key was refused", vendor: "no")
        let parked = ProviderHold(until: Timestamp(milliseconds: 9), fault: fault, isParked: true)
        let delay = ProviderHold(
            until: Timestamp(milliseconds: .max),
            fault: DeliveryFault(code: .rateLimited, message: ""),
            isParked: false
        )
        for expected in [parked, delay, parked] {
            try journal.write { try HoldTable.set(expected, of: "lago", in: $0) }
            #expect(try hold() == expected)
        }
        #expect(try journal.read { try HoldTable.hold(of: "polar", in: $0) } == nil)
        try journal.write { try HoldTable.set(nil, of: "lago", in: $0) }
        #expect(try hold() == nil)
    }

    @Test func `a hold for a reason that this version does not know is reported`() throws {
        let journal = try MemoryJournal()
        try journal.execute("INSERT INTO holds VALUES('lago', 1, 1, 'later', 'm', NULL)")
        #expect(throws: UnknownWord.self) { try journal.read { try HoldTable.hold(of: "lago", in: $0) } }
        #expect(
            "\(UnknownWord(word: "later"))"
                == #"a database row contains "later", which this version does not recognize"#
        )
    }

    @Test(
        arguments: [(9, ["a", "b", "c"]), (10, ["b", "c"]), (11, ["b", "c"]), (20, ["c"]), (.max, [])]
            as [(Int64, [String])]
    )
    func `a pin has expired at its time`(now: Int64, left: [String]) throws {
        let journal = try MemoryJournal()
        for (name, from, expires) in [("c", 300, 21), ("a", 100, 10), ("b", 200, 20)] as [(String, Int64, Int64)] {
            let pin = RetentionPin(
                name: name,
                acceptedFrom: Timestamp(milliseconds: from),
                expiresAt: Timestamp(milliseconds: expires)
            )
            try journal.write { try PinStep.pin(pin).run(in: $0) }
        }
        try journal.write { try PinStep.unpinExpired(Timestamp(milliseconds: now)).run(in: $0) }
        let pins = try journal.read { try PinTable.all(in: $0) }
        #expect(pins.map(\.name) == left)
        let earliest = try journal.read { try PinTable.earliest(in: $0) }
        #expect(earliest == pins.map(\.acceptedFrom).min())
    }
}
