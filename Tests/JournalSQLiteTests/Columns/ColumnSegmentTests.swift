import Events
import Foundation
import Journal
import JournalFormat
import Randomness
import TestSupport
import Testing

@testable import JournalSQLite

@Suite struct ColumnSegmentTests {
    static let key = SipHash(key0: 3, key1: 4)

    @Test(arguments: [0, 200, 60_000, 4_000_000_000, Int64.max] as [Int64])
    func `a column keeps numbers in as few bytes as they need`(span: Int64) {
        var generator = SplitMix(seed: 7)
        let least: Int64 = span == .max ? .min : -5
        let values = (0..<500).map { _ in least &+ Int64.random(in: 0...span, using: &generator) }
        let column = PackedColumn(packing: values)
        var read: [Int64] = []
        column.forEach(.all(values.count)) { _, value in read.append(value) }
        #expect(read == values)
        column.forEach(.all(values.count), backwards: true) { row, value in #expect(values[row] == value) }
        for wanted in values.prefix(20) + [least &- 1, least &+ span &+ 1] {
            var rows = RowSelection.all(values.count)
            column.filter(&rows, by: .equals(wanted))
            #expect(rows.chosen == values.indices.filter { values[$0] == wanted })
        }
        for range in [Int64.min...Int64.max, .min...values[0], values[1]...Int64.max, .min...Int64.min] {
            var rows = RowSelection.all(values.count)
            column.filter(&rows, by: .within(range))
            #expect(rows.chosen == values.indices.filter { range.contains(values[$0]) })
        }
    }

    /// Of 300,000 texts about ten pairs share a hash of 32 bits.
    @Test func `a table tells texts apart that share a hash`() throws {
        var table = TextTable()
        let texts = (0..<300_000).map { Array("customer-\($0)".utf8) }
        var hashes: Set<UInt32> = []
        for (index, text) in texts.enumerated() {
            text.withUnsafeBytes { text in
                hashes.insert(TextTable.hash(text, tenant: 1, key: Self.key))
                #expect(table.number(of: text, tenant: 1, key: Self.key) == UInt32(index + 1))
            }
        }
        #expect(hashes.count < texts.count)
        for (index, text) in texts.enumerated() {
            let number = text.withUnsafeBytes { table.number(of: $0, tenant: 1, key: Self.key) }
            #expect(number == UInt32(index + 1))
        }
        let other = texts[0].withUnsafeBytes { table.number(of: $0, tenant: 2, key: Self.key) }
        #expect(other == UInt32(texts.count + 1))
    }

    @Test func `a segment knows its texts, its sequence numbers and its names`() throws {
        var builder = ColumnBuilder(first: 11, key: Self.key)
        let (chunk, tenants) = Self.chunk(first: 11, count: 5)
        builder.add(try Chunk.keys(chunk), tenants: tenants)
        let (later, _) = Self.chunk(first: 21, count: 5)
        builder.add(try Chunk.keys(later), tenants: tenants)
        builder.cover(through: 30)
        let segment = try ColumnSegment(image: builder.encoded(keyCheck: 9), keyCheck: 9)
        #expect(segment.range == 11...30)
        #expect(segment.count == 10)
        let columns = try segment.open()
        let sequences = try columns.sequences()
        #expect((0..<10).map { sequences[$0] } == [11, 12, 13, 14, 15, 21, 22, 23, 24, 25])
        for number in 1...5 as ClosedRange<Int64> {
            let text = Array("customer-\(number)".utf8)
            #expect(try columns.number(of: text, tenant: 1, in: .customers, key: Self.key) == number)
            #expect(try columns.number(of: text, tenant: 2, in: .customers, key: Self.key) == nil)
        }
        #expect(try columns.number(of: Array("nobody".utf8), tenant: 1, in: .customers, key: Self.key) == nil)
        #expect(try columns.number(of: Array("x".utf8), tenant: 1, in: .sources, key: Self.key) == nil)
        #expect(try columns.summaries().map(\.count) == [10])
        #expect(try columns.texts(of: .names).map { String(decoding: $0.text, as: UTF8.self) } == ["api_request"])
    }

    @Test func `a file with a changed byte is refused or found out`() async throws {
        var builder = ColumnBuilder(first: 1, key: Self.key)
        let (chunk, tenants) = Self.chunk(first: 1, count: 40)
        builder.add(try Chunk.keys(chunk), tenants: tenants)
        let whole = builder.encoded(keyCheck: 9)
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "1-40.columns")
            for place in stride(from: 0, to: whole.count, by: 23) {
                var damaged = whole
                damaged[place] ^= 0x04
                try Data(damaged).write(to: file)
                #expect(throws: (any Error).self) {
                    let columns = try ColumnSegment(opening: file, keyCheck: 9).open()
                    for part in ColumnPart.allCases.prefix(6) { _ = try columns.column(part) }
                    for column in TextColumn.allCases { _ = try columns.texts(of: column) }
                    _ = (try columns.summaries(), try columns.sequences())
                }
            }
            try Data(whole.dropLast()).write(to: file)
            #expect(throws: ColumnFault.damaged) { try ColumnSegment(opening: file, keyCheck: 9) }
            try Data(whole).write(to: file)
            #expect(throws: ColumnFault.foreign) { try ColumnSegment(opening: file, keyCheck: 10) }
            #expect(try ColumnSegment(opening: file, keyCheck: 9).count == 40)
        }
    }

    /// A chunk of one tenant's events, each of a customer of its own, with so many names in turn.
    static func chunk(first: Int64, count: Int, names: Int = 1) -> (content: [UInt8], tenants: [UInt32: UInt32]) {
        let events = (1...count).map { number in
            AcceptedEvent(
                CanonicalEvent(
                    name: number % names == 1 % names ? "api_request" : "other-\(number % names)",
                    customerID: "customer-\(number)",
                    timestamp: Timestamp(milliseconds: 1000 - Int64(number))
                ),
                id: EventID("event-\(number)"),
                in: Submission(
                    tenant: "shop",
                    client: "web",
                    acceptedAt: Timestamp(milliseconds: 1000),
                    plan: SampleStore.own
                )
            )
        }
        let numbers = [UInt32](repeating: 1, count: count)
        let encoded = EncodedEvents(events, origins: numbers, plans: numbers)
        var builder = ChunkBuilder(first: SequenceNumber(first), capacity: encoded.frames.count)
        builder.append(encoded.frames[...], count: count)
        return (builder.finish(), [1: 1])
    }
}

extension RowSelection {
    fileprivate var chosen: [Int] {
        var rows: [Int] = []
        forEach { rows.append($0) }
        return rows
    }
}
