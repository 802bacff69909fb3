import Foundation
import JournalFormat
import Testing

@testable import JournalSQLite

/// The first bytes of a segment's file, as `FileFormat.md` describes them: a number that no segment has is never calculated with.
@Suite struct ColumnHeaderTests {
    /// A segment of the events 11 to 15.
    private static func image() throws -> [UInt8] {
        try #require(try SampleSegment.full(11...15).image)
    }

    /// The same with another word, and a checksum that agrees.
    private static func image(_ word: Int, _ value: UInt64) throws -> [UInt8] {
        var image = try image()
        FileDamage.put(value, at: word * 8, in: &image)
        FileDamage.put(Checksum.of(Array(image[..<(ColumnHeader.bytes - 8)])), at: ColumnHeader.bytes - 8, in: &image)
        return image
    }

    private static func word(_ word: Int) throws -> UInt64 {
        let bytes = try image()[(word * 8)..<(word * 8 + 8)]
        return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func part(_ part: ColumnPart, _ field: Int) -> Int { 8 + part.rawValue * 5 + field }

    @Test func `has 64 bytes, 40 for each part, and a checksum`() throws {
        #expect(ColumnHeader.bytes == 64 + 12 * 40 + 8)
        #expect(String(decoding: try Self.image().prefix(8), as: UTF8.self) == "TGCOLS01")
        #expect(try Self.word(1) == 11 && Self.word(2) == 15 && Self.word(3) == 5)
        // The events of the sample occurred at 999, 998 and so on.
        #expect(try Self.word(4) == 995 && Self.word(5) == 999)
        #expect(try Self.word(6) == 1 && Self.word(7) == SampleSegment.keyCheck)
    }

    @Test func `the parts follow one another to the end of the file`() throws {
        var place = UInt64(ColumnHeader.bytes)
        for part in ColumnPart.allCases {
            #expect(try Self.word(self.part(part, 0)) == place, "\(part)")
            place += try Self.word(self.part(part, 1))
        }
        #expect(try place == UInt64(Self.image().count))
    }

    @Test func `is read as it was written`() throws {
        let image = try Self.image()
        let bytes = Array(image.prefix(ColumnHeader.bytes))
        let header = try ColumnHeader(decoding: bytes, size: image.count, keyCheck: SampleSegment.keyCheck)
        #expect(header.encoded == bytes)
        #expect(header.range == 11...15 && header.count == 5 && header.times == 995...999 && header.onlyTenant == 1)
    }

    /// A word of the header, and what it never is.
    @Test(
        arguments: [
            (0, 0), (1, 0), (1, .max), (1, 16), (2, 10), (2, 1 << 60), (2, .max), (3, 6), (3, .max), (3, 1 << 63),
            (4, 1000), (5, 994), (5, 1 << 63),
        ] as [(Int, UInt64)]
    )
    func `refuses a range, a count and times that none has`(word: Int, value: UInt64) throws {
        let image = try Self.image(word, value)
        #expect(throws: ColumnFault.damaged) { try ColumnSegment(image: image, keyCheck: SampleSegment.keyCheck) }
    }

    @Test(arguments: ColumnPart.allCases)
    func `refuses a part that reaches beyond the file`(part: ColumnPart) throws {
        let size = UInt64(try Self.image().count)
        let (place, length) = (try Self.word(self.part(part, 0)), try Self.word(self.part(part, 1)))
        for (field, value) in [
            (0, size + 1), (0, .max), (0, size - length + 1), (1, size - place + 1), (1, .max), (1, 1 << 62),
        ] as [(Int, UInt64)] {
            let image = try Self.image(self.part(part, field), value)
            #expect(throws: ColumnFault.damaged, "\(field) is \(value)") {
                try ColumnSegment(image: image, keyCheck: SampleSegment.keyCheck)
            }
        }
    }

    @Test(arguments: ColumnPart.allCases)
    func `refuses numbers of a width that none has, and texts that are too many`(part: ColumnPart) throws {
        let widths: [UInt64] = part == .timestamps ? [3, 5, 6, 7, 9, .max] : [3, 5, 8, .max]
        for width in widths {
            let image = try Self.image(self.part(part, 3), width)
            #expect(throws: ColumnFault.damaged, "width \(width)") {
                try ColumnSegment(image: image, keyCheck: SampleSegment.keyCheck)
            }
        }
        guard part != .timestamps else { return }
        for base in [UInt64(1) << 32, .max, 1 << 63] {
            let image = try Self.image(self.part(part, 2), base)
            #expect(throws: ColumnFault.damaged, "base \(base)") {
                try ColumnSegment(image: image, keyCheck: SampleSegment.keyCheck)
            }
        }
    }

    @Test(arguments: [Int64.min, -1, 0, .max])
    func `times may begin anywhere`(least: Int64) throws {
        let image = try Self.image(self.part(.timestamps, 2), UInt64(bitPattern: least))
        let columns = try ColumnSegment(image: image, keyCheck: SampleSegment.keyCheck).open()
        var read: [Int64] = []
        try columns.column(.timestamps).forEach(.all(5)) { read.append($1) }
        #expect(read == (0..<5).map { least &+ Int64(4 - $0) })
    }

    @Test func `tells the file of another journal from a damaged one`() throws {
        var image = try Self.image()
        #expect(throws: ColumnFault.foreign) { try ColumnSegment(image: image, keyCheck: 10) }
        image[9] ^= 1
        #expect(throws: ColumnFault.damaged) { try ColumnSegment(image: image, keyCheck: 10) }
        for length in [0, 1, ColumnHeader.bytes - 1] {
            let short = Array(image.prefix(length))
            #expect(throws: ColumnFault.damaged) { try ColumnSegment(image: short, keyCheck: SampleSegment.keyCheck) }
        }
    }
}
