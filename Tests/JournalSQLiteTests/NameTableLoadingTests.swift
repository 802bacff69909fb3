import Events
import Foundation
import GRDB
import Journal
import JournalFormat
import Testing

@testable import JournalSQLite

/// The numbers of names as they are on disk, those of a damaged file included.
@Suite struct NameTableLoadingTests {
    private func load(_ journal: MemoryJournal) throws -> NameTable {
        try journal.read { try NameTable(loading: $0, hash: MemoryJournal.hash, logger: MemoryJournal.logger) }
    }

    /// One name of each kind.
    private static func journal() throws -> MemoryJournal {
        let journal = try MemoryJournal()
        try journal.execute("INSERT INTO providers(number, name, cursor) VALUES(1, 'lago', 0)")
        try journal.execute("INSERT INTO origins(number, tenant, client) VALUES(1, 'shop', 'web')")
        try journal.execute("INSERT INTO plans(number, encoded) VALUES(1, ?)", [Data(MemoryJournal.lago.encoded)])
        return journal
    }

    @Test func `names have the numbers that they were given, and nothing is to be saved`() throws {
        var table = try load(Self.journal())
        let numbers = [
            table.register("lago"), Int64(table.number(of: EventOrigin(tenant: "shop", client: "web"))),
            Int64(table.number(of: MemoryJournal.plan("lago"))),
        ]
        #expect(numbers == [1, 1, 1] && table.unsaved.isEmpty)
    }

    /// The next name would get the number behind it, at which the process would end.
    @Test(arguments: ["providers", "origins", "plans"], [0, -1, 1 << 31, 1 << 32, .max, .min] as [Int64])
    func `a number that no name can have is reported`(table: String, number: Int64) throws {
        let journal = try Self.journal()
        try journal.execute("UPDATE \(table) SET number = ?", [number])
        #expect(throws: DamagedRow.self) { try load(journal) }
    }

    @Test func `behind the largest number that is read, others can be given`() throws {
        let journal = try Self.journal()
        for table in ["providers", "origins", "plans"] {
            try journal.execute("UPDATE \(table) SET number = 2147483647")
        }
        var table = try load(journal)
        let numbers = [
            table.register("polar"), Int64(table.number(of: EventOrigin(tenant: "shop", client: "app"))),
            Int64(table.number(of: MemoryJournal.polar)),
        ]
        #expect(numbers == [1 << 31, 1 << 31, 1 << 31])
    }

    /// The chunks that name it are reported when they are read.
    @Test func `a plan that is damaged is left out, and the others are there`() throws {
        let journal = try Self.journal()
        try journal.execute("INSERT INTO plans(number, encoded) VALUES(2, x'00')")
        try journal.execute("INSERT INTO plans(number, encoded) VALUES(3, ?)", [Data(MemoryJournal.both.encoded)])
        let table = try load(journal)
        #expect(table.plans.keys.sorted() == [1, 3] && table.plans[3]?.providers == [1, 2])
        // A provider that only a plan names has a number that is not on disk.
        #expect(table.unsaved.providers == [2])
    }

    @Test(arguments: [("number", 0), ("number", -3), ("account", 0), ("account", 1 << 32)] as [(String, Int64)])
    func `a lane with a number that none can have is reported`(column: String, number: Int64) throws {
        let journal = try Self.journal()
        try journal.execute(
            """
            INSERT INTO lanes(number, provider, account, adapter, filter, routes, first, state, rate, started_by,
                started_at, changed_by, changed_at)
            VALUES(4, 1, 9, 'lago', x'7b226e616d6573223a5b5d2c22637573746f6d657273223a5b5d7d', x'', 0, 'done', 1, 'ops',
                5, 'ops', 6)
            """
        )
        #expect(try load(journal).lanes[9]?.name == "lago~4")
        try journal.execute("UPDATE lanes SET \(column) = ?", [number])
        #expect(throws: DamagedRow.self) { try load(journal) }
    }

    // MARK: Acts of migrations

    private func act(_ number: Int, of migration: MigrationName = "to-polar") -> MigrationAct {
        MigrationAct(
            migration: migration,
            number: number,
            action: "ramp",
            detail: [],
            plan: nil,
            actor: "ops",
            keyID: nil,
            at: Timestamp(milliseconds: 0)
        )
    }

    @Test(arguments: [.min, -1, 0, 2, .max] as [Int])
    func `only the next act of a migration is appended, whatever number comes`(number: Int) throws {
        let journal = try MemoryJournal()
        func append(_ act: MigrationAct) throws -> Bool {
            try journal.write { try MigrationLogTable.append(act, in: $0) }
        }
        #expect(try !append(act(number)))
        #expect(try append(act(1)) && append(act(2)) && !append(act(2)) && append(act(1, of: "to-lago")))
        #expect(try journal.read { try MigrationLogTable.version(in: $0) } == 3)
        // Behind the last number there is none.
        try journal.execute("UPDATE migration_log SET number = 9223372036854775807 WHERE number = 2")
        #expect(try !append(act(number)) && !append(act(3)))
    }
}
