import Events
import Foundation
import Journal
import JournalBehaviour
import JournalFormat
import Randomness
import TestSupport
import Testing

@testable import JournalSQLite

/// Files of the search index with bytes that nobody wrote: a reader either refuses them or reads on, and never traps.
@Suite struct ColumnDamageTests {
    static func whole() throws -> [UInt8] {
        var builder = ColumnBuilder(first: 1, key: ColumnSegmentTests.key)
        let (chunk, tenants) = ColumnSegmentTests.chunk(first: 1, count: 300, names: 3)
        builder.add(try Chunk.keys(chunk), tenants: tenants)
        builder.cover(through: 310)
        let (later, _) = ColumnSegmentTests.chunk(first: 320, count: 30)
        builder.add(try Chunk.keys(later), tenants: tenants)
        return builder.encoded(keyCheck: 9)
    }

    /// Reads all that there is to read, as searches do.
    static func read(_ segment: ColumnSegment) throws {
        let reading = try segment.open()
        for part in ColumnPart.allCases.prefix(6) {
            let column = try reading.column(part)
            column.forEach(.all(segment.count)) { _, _ in }
            for test: NumberTest in [.equals(3), .within(1...50), .among([false, true, true])] where part != .timestamps
            {
                var rows = RowSelection.all(segment.count)
                column.filter(&rows, by: test)
            }
        }
        for column in TextColumn.allCases {
            _ = try reading.texts(of: column)
            for text in ["customer-7", "nobody", ""] {
                let bytes = Array(text.utf8)
                _ = try reading.number(of: bytes, tenant: 1, in: column, key: ColumnSegmentTests.key)
            }
        }
        let (summaries, sequences) = (try reading.summaries(), try reading.sequences())
        #expect(summaries.reduce(0) { $0 + $1.count } <= segment.count)
        for row in 0..<segment.count { _ = sequences[row] }
    }

    @Test(arguments: 1...8)
    func `finds out what was damaged, at whatever place`(seed: UInt64) async throws {
        let whole = try Self.whole()
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "1-349.columns")
            var generator = SplitMix(seed: seed)
            for _ in 0..<100 {
                let damage = FileDamage.random(of: whole, using: &generator)
                // Bytes behind the last part are nobody's.
                if damage.bytes.starts(with: whole) { continue }
                try Data(damage.bytes).write(to: file)
                #expect(throws: (any Error).self, "\(damage.what), seed \(seed)") {
                    try Self.read(try ColumnSegment(opening: file, keyCheck: 9))
                }
            }
            try Data(whole).write(to: file)
            try Self.read(try ColumnSegment(opening: file, keyCheck: 9))
        }
    }

    /// Checksums tell accidents; they say nothing of a file that was written with wrong numbers.
    @Test(arguments: 1...12)
    func `calculates with no number whose checksum is right`(seed: UInt64) throws {
        let whole = try Self.whole()
        var generator = SplitMix(seed: seed)
        for _ in 0..<200 {
            var bytes = whole
            if Bool.random(using: &generator) {
                let word = Int.random(in: 1..<(ColumnHeader.bytes / 8 - 1), using: &generator)
                if word != 7 { FileDamage.put(FileDamage.number(using: &generator), at: word * 8, in: &bytes) }
            } else {
                Self.damagePart(of: &bytes, using: &generator)
            }
            let end = ColumnHeader.bytes - 8
            FileDamage.put(Checksum.of(Array(bytes[..<end])), at: end, in: &bytes)
            // Whether it is refused or read is all the same; that the test goes on is what it asserts.
            if let segment = try? ColumnSegment(image: bytes, keyCheck: 9) {
                #expect(segment.count >= 0 && segment.range.lowerBound > 0)
                do { try Self.read(segment) } catch { #expect(error is DamagedSegment) }
            }
        }
    }

    @Test func `counts no event for two names`() throws {
        var bytes = try Self.whole()
        let segment = try ColumnSegment(image: bytes, keyCheck: 9)
        let part = segment.header.parts[ColumnPart.summaries.rawValue]
        #expect(try segment.open().summaries().map(\.count) == [130, 100, 100])
        FileDamage.put(101, at: part.place + 24, in: &bytes)
        let checksum = Checksum.of(Array(bytes[part.place..<(part.place + part.length)]))
        FileDamage.put(checksum, at: (8 + ColumnPart.summaries.rawValue * 5 + 4) * 8, in: &bytes)
        let end = ColumnHeader.bytes - 8
        FileDamage.put(Checksum.of(Array(bytes[..<end])), at: end, in: &bytes)
        let forged = try ColumnSegment(image: bytes, keyCheck: 9).open()
        #expect(throws: DamagedSegment.self) { try forged.summaries() }
    }

    /// A number of no name, of a name that only another segment has, and numbers that no calculation survives; times before and after
    /// all that a timestamp can be.
    @Test(
        arguments: [
            (ColumnPart.names, 0), (.names, 4), (.names, 1000), (.names, Int64(UInt32.max)), (.timestamps, .min),
            (.timestamps, .max),
            (.timestamps, Timestamp.range.lowerBound - 1),
        ] as [(ColumnPart, Int64)]
    )
    func `counts deliveries by the journal itself where a number stands for no name or no time`(
        part: ColumnPart,
        base: Int64
    ) async throws {
        try await withTemporaryFolder { folder in
            var store = try await ColumnIndexTests.filled(folder)
            let window = RecordedWindow(
                clock: .occurred,
                from: Timestamp(milliseconds: 0),
                until: Timestamp(milliseconds: .max)
            )
            let counts = try await store.ledgerCounts(window)
            #expect(counts.events > 0 && !counts.cells.isEmpty)
            await store.close()
            let columns = folder.appending(path: "columns")
            let files = try FileManager.default.contentsOfDirectory(at: columns, includingPropertiesForKeys: nil)
            #expect(!files.isEmpty)
            for file in files {
                var bytes = [UInt8](try Data(contentsOf: file))
                FileDamage.put(UInt64(bitPattern: base), at: (8 + part.rawValue * 5 + 2) * 8, in: &bytes)
                let end = ColumnHeader.bytes - 8
                FileDamage.put(Checksum.of(Array(bytes[..<end])), at: end, in: &bytes)
                try Data(bytes).write(to: file)
            }
            store = try SampleStore.open(folder, ColumnIndexTests.settings)
            #expect(try await store.ledgerCounts(window) == counts)
            await store.close()
        }
    }

    /// Changes a number within a part, and makes its checksum right.
    private static func damagePart(of bytes: inout [UInt8], using generator: inout some RandomNumberGenerator) {
        let part = Int.random(in: 0..<ColumnPart.allCases.count, using: &generator)
        let at = (8 + part * 5) * 8
        func word(_ place: Int) -> Int {
            bytes.withUnsafeBytes { Int(truncatingIfNeeded: $0.loadUnaligned(fromByteOffset: place, as: UInt64.self)) }
        }
        let (start, length) = (word(at), word(at + 8))
        guard length >= 8 else { return }
        // The first numbers of a table of texts are its sizes.
        let place = Bool.random(using: &generator) ? 0 : Int.random(in: 0...(length - 8), using: &generator)
        FileDamage.put(FileDamage.number(using: &generator), at: start + place, in: &bytes)
        FileDamage.put(Checksum.of(Array(bytes[start..<(start + length)])), at: at + 32, in: &bytes)
    }

    @Test(arguments: 1...6)
    func `makes again what was damaged, and finds every event`(seed: UInt64) async throws {
        try await withTemporaryFolder { folder in
            var generator = SplitMix(seed: seed)
            var store = try await ColumnIndexTests.filled(folder)
            for _ in 0..<3 {
                await store.close()
                let columns = folder.appending(path: "columns")
                for file in try FileManager.default.contentsOfDirectory(at: columns, includingPropertiesForKeys: nil)
                where Bool.random(using: &generator) {
                    let damage = FileDamage.random(of: [UInt8](try Data(contentsOf: file)), using: &generator)
                    try Data(damage.bytes).write(to: file)
                }
                store = try SampleStore.open(folder, ColumnIndexTests.settings)
                try await ColumnIndexTests.expectAll(95, in: store)
            }
            await store.close()
        }
    }
}
