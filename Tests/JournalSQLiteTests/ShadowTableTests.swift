import Events
import GRDB
import Journal
import JournalFormat
import Testing

@testable import JournalSQLite

/// What shadow deliveries showed, as it is added up.
@Suite struct ShadowTableTests {
    private func add(
        _ shadowClass: ShadowClass,
        _ field: String = "",
        events: Int = 1,
        samples: [Int64] = [],
        at time: Int64 = 0,
        of provider: Int64 = 1,
        to journal: MemoryJournal
    ) throws {
        let tally = ShadowTally(
            shadowClass,
            field: field,
            events: events,
            samples: samples.map { SequenceNumber($0) },
            at: Timestamp(milliseconds: time)
        )
        try journal.write { try ShadowTable.add(tally, of: provider, in: $0) }
    }

    private func counts(_ journal: MemoryJournal) throws -> [ShadowCount] {
        try journal.read { try ShadowTable.all(names: journal.names.current, in: $0) }
    }

    private static func journal() throws -> MemoryJournal {
        let journal = try MemoryJournal()
        _ = (journal.names.register("lago"), journal.names.register("polar"))
        return journal
    }

    @Test func `adds up events of one class and field, from the first to the last, in whatever order they come`() throws
    {
        let journal = try Self.journal()
        try add(.different, "amount", events: 3, at: 50, to: journal)
        try add(.different, "amount", events: 4, at: 10, to: journal)
        try add(.different, "name", events: 5, at: 70, to: journal)
        try add(.untranslatable, "amount", events: 6, at: 90, to: journal)
        let counts = try counts(journal)
        #expect(counts.map(\.events) == [7, 5, 6])
        #expect(counts.map(\.field) == ["amount", "name", "amount"])
        #expect(counts[0].first == Timestamp(milliseconds: 10) && counts[0].last == Timestamp(milliseconds: 50))
    }

    @Test func `keeps the newest samples`() throws {
        let journal = try Self.journal()
        try add(.translated, samples: [3, 2, 1], to: journal)
        try add(.translated, samples: [13, 12, 11, 10, 9, 8, 7, 6], to: journal)
        #expect(try counts(journal)[0].samples == [13, 12, 11, 10, 9, 8, 7, 6, 3, 2])
        try add(.translated, samples: [], to: journal)
        #expect(try counts(journal)[0].samples.count == ShadowCount.mostSamples)
        try add(.translated, samples: (100..<150).reversed(), to: journal)
        #expect(try counts(journal)[0].samples.map(\.rawValue) == (140..<150).reversed())
    }

    /// A provider whose every field differs must not hide how many events could have been sent.
    @Test func `counts what has no field under no field, though there are too many others`() throws {
        let journal = try Self.journal()
        for number in 0..<ShadowCount.mostFields + 5 { try add(.untranslatable, "f\(number)", to: journal) }
        try add(.translated, events: 9, to: journal)
        try add(.translated, events: 9, to: journal)
        let counts = try counts(journal)
        #expect(counts.filter { $0.shadowClass == .translated }.map(\.field) == [""])
        #expect(counts.first { $0.shadowClass == .translated }?.events == 18)
        #expect(counts.first { $0.field == ShadowCount.otherFields }?.events == 5)
    }

    @Test func `goes on counting a field that it knows, in whatever class, and tells the forms of a text apart`() throws
    {
        let journal = try Self.journal()
        try add(.different, "caf\u{E9}", to: journal)
        for number in 1..<ShadowCount.mostFields { try add(.untranslatable, "f\(number)", to: journal) }
        try add(.different, "f7", to: journal)
        try add(.untranslatable, "caf\u{E9}", to: journal)
        try add(.untranslatable, "cafe\u{301}", to: journal)
        let counts = try counts(journal)
        #expect(counts.count == ShadowCount.mostFields + 3)
        #expect(counts.first { $0.field == ShadowCount.otherFields }?.events == 1)
    }

    @Test func `keeps providers apart, and forgets one of them alone`() throws {
        let journal = try Self.journal()
        try add(.translated, events: 1, of: 1, to: journal)
        try add(.translated, events: 2, of: 2, to: journal)
        // Of a provider whose name is lost nobody could tell anything.
        try add(.translated, events: 3, of: 9, to: journal)
        #expect(try counts(journal).map(\.provider) == ["lago", "polar"])
        try journal.write { try ShadowTable.forget(1, in: $0) }
        #expect(try counts(journal).map(\.events) == [2])
    }

    @Test func `a class that this version does not know is reported`() throws {
        let journal = try Self.journal()
        try add(.translated, to: journal)
        try journal.execute("UPDATE shadow_counts SET class = 'later'")
        #expect(throws: UnknownWord.self) { try counts(journal) }
    }
}
