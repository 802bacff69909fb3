import Journal
import JournalFormat
import Randomness
import Testing

@testable import JournalPostgres

/// What a journal says about itself, whole and damaged.
@Suite struct JournalMetaTests {
    private static func read(_ values: [String: String], knowing known: Int = 5) throws(StoreError) -> JournalMeta {
        try JournalMeta(reading: values.mapValues { Array($0.utf8) }, schema: "tollgate", knowing: known)
    }

    private static let whole = [
        "format": "5", "oldest_writer": "3", "contracted": "2", "journal": "abc",
        "identity_key": "1 18446744073709551615",
    ]

    @Test func `reads what it has written`() throws {
        for isMoving in [false, true] {
            for format in [1, 5, 12] {
                let meta = JournalMeta(isMoving: isMoving, format: format)
                let values = Dictionary(uniqueKeysWithValues: meta.rows.map { ($0.name, $0.value) })
                #expect(try JournalMeta(reading: values, schema: "tollgate", knowing: format) == meta)
                #expect((values["moving"] == nil) == !isMoving && meta.moving == (isMoving ? meta.journalID : nil))
            }
        }
        let moved = JournalMeta(journalID: "from", identityKey: SipHash(key0: 7, key1: .max), isMoving: true)
        #expect(moved.journalID == "from" && moved.moving == "from" && moved.identityKey.key1 == .max)
    }

    @Test func `gives each journal an id and a key of its own`() {
        let all = (0..<100).map { _ in JournalMeta() }
        #expect(Set(all.map(\.journalID)).count == 100)
        #expect(Set(all.map(\.identityKey.key0)).count == 100 && Set(all.map(\.identityKey.key1)).count == 100)
    }

    @Test func `reads every row`() throws {
        let meta = try Self.read(Self.whole.merging(["moving": "def", "other": "x"]) { $1 })
        #expect(meta.format == 5 && meta.oldestWriter == 3 && meta.contracted == 2)
        #expect(meta.journalID == "abc" && meta.moving == "def")
        #expect(meta.identityKey.key0 == 1 && meta.identityKey.key1 == .max)
    }

    /// The first versions wrote neither.
    @Test func `a journal without other formats can be written and was contracted up to its own`() throws {
        var values = Self.whole
        values["oldest_writer"] = nil
        values["contracted"] = nil
        let meta = try Self.read(values)
        #expect(meta.oldestWriter == 5 && meta.contracted == 5 && meta.moving == nil)
    }

    /// POSTGRES.md, section 14: versions N and N+1 run side by side until what only N used is removed.
    @Test func `is refused by a program that is older than the oldest that can write, and by no other`() throws {
        for format in 1...6 {
            for oldest in 1...format {
                for known in 1...6 {
                    let values = Self.whole.merging(["format": "\(format)", "oldest_writer": "\(oldest)"]) { $1 }
                    if known >= oldest {
                        #expect(try Self.read(values, knowing: known).format == format)
                    } else {
                        let fault = StoreError.newerFormat(path: "tollgate", found: format, known: known)
                        #expect(throws: fault) { try Self.read(values, knowing: known) }
                    }
                }
            }
        }
    }

    @Test(arguments: ["format", "journal", "identity_key"])
    func `names the row that is missing`(name: String) {
        var values = Self.whole
        values[name] = nil
        let fault = StoreError.unusable(path: "tollgate", reason: "the table meta has no row named \(name)")
        #expect(throws: fault) { try Self.read(values) }
    }

    @Test(
        arguments: ["oldest_writer", "contracted"],
        ["", "x", "1.0", "1 ", "9223372036854775808", "NaN", "1\0", "１"]
    )
    func `names the row that has no number`(name: String, text: String) {
        let fault = StoreError.unusable(
            path: "tollgate",
            reason: "the table meta has no number in the row named \(name)"
        )
        #expect(throws: fault) { try Self.read(Self.whole.merging([name: text]) { $1 }) }
    }

    /// With another key, every identity would be new: each event that is sent again would be billed again.
    @Test(
        arguments: [
            "", " ", "1", "1 2 3", "-1 2", "1 -2", "1 18446744073709551616", "1,2", "0x1 2", "1 2\0", "1\t2", "１ ２",
        ]
    )
    func `takes no key that is not two numbers`(text: String) {
        let fault = StoreError.unusable(path: "tollgate", reason: "the table meta has values that are no numbers")
        #expect(throws: fault) { try Self.read(Self.whole.merging(["identity_key": text]) { $1 }) }
    }

    @Test(arguments: ["", "x", "5.0", "5\n", "99999999999999999999", "inf"])
    func `takes no format that is no number`(text: String) {
        let fault = StoreError.unusable(path: "tollgate", reason: "the table meta has values that are no numbers")
        #expect(throws: fault) { try Self.read(Self.whole.merging(["format": text]) { $1 }) }
    }

    /// Whatever bytes the table has, the answer is a journal or one of these errors.
    @Test(arguments: 1...40)
    func `survives any bytes`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<50 {
            var values = Self.whole.mapValues { Array($0.utf8) }
            for name in values.keys.sorted() where Int.random(in: 0..<3, using: &random) == 0 {
                let count = Int.random(in: 0...24, using: &random)
                values[name] = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            }
            do throws(StoreError) {
                let meta = try JournalMeta(reading: values, schema: "tollgate", knowing: 5)
                #expect(meta.oldestWriter <= 5)
            } catch {
                switch error {
                case .unusable(let path, _), .newerFormat(let path, _, _): #expect(path == "tollgate")
                case .folderInUse, .full, .failed, .unreachable, .closed, .busy, .unfinishedRead, .leaseLost:
                    Issue.record("\(error)")
                }
            }
        }
    }
}

@Suite struct SchemaHistoryTests {
    private static func history(_ count: Int) -> SchemaHistory {
        SchemaHistory(changes: (0..<count).map { SchemaHistory.Change(format: $0 + 2) })
    }

    @Test func `names the changes that a format lacks, oldest first`() {
        #expect(Self.history(0).format == 1 && Self.history(0).changes(after: 1).isEmpty)
        for count in 1...5 {
            let history = Self.history(count)
            #expect(history.format == count + 1)
            for format in 0...(count + 3) {
                let lacking = history.changes(after: format).map(\.format)
                #expect(lacking == (2..<(count + 2)).filter { $0 > format })
            }
        }
    }

    /// Nodes of the older format go on meanwhile, and a node that ends leaves the rest to another, which begins from the first statement.
    @Test func `expands by statements that can be repeated, and removes nothing that the format before uses`() {
        for change in SchemaHistory.current.changes {
            for statement in change.expand {
                let text = statement.text
                let isRepeatable =
                    text.hasPrefix("CREATE TABLE IF NOT EXISTS ") || text.contains(" ADD COLUMN IF NOT EXISTS ")
                    || text.hasPrefix("CREATE INDEX CONCURRENTLY ") || text.hasPrefix("DROP INDEX IF EXISTS ")
                #expect(isRepeatable, "format \(change.format): \(text)")
                #expect(!text.contains("DROP TABLE") && !text.contains("DROP COLUMN"))
            }
        }
    }

    @Test(arguments: [
        ("CREATE INDEX CONCURRENTLY a ON b(c)", true), ("DROP INDEX CONCURRENTLY IF EXISTS a", true),
        ("ALTER TABLE a ADD COLUMN concurrently int4", false), ("CREATE TABLE a(b text)", false),
    ])
    func `waits aside for what no append waits behind`(text: String, waits: Bool) {
        #expect(Statement(text).waitsAside == waits)
    }
}
