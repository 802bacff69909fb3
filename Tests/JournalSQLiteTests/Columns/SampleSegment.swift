import JournalFormat

@testable import JournalSQLite

/// Segments of the search index in memory.
enum SampleSegment {
    static let keyCheck: UInt64 = 9

    /// A segment of these chunks, which covers a range.
    static func make(_ chunks: [[UInt8]], covering range: ClosedRange<Int64>, _ names: NameTable) throws
        -> ColumnSegment
    {
        var builder = ColumnBuilder(first: range.lowerBound, key: MemoryJournal.key)
        for chunk in chunks { builder.add(try Chunk.keys(chunk), tenants: names.tenantNumbers) }
        builder.cover(through: range.upperBound)
        return try ColumnSegment(image: builder.encoded(keyCheck: keyCheck), keyCheck: keyCheck)
    }

    /// A segment with an event for each number of a range.
    static func full(_ range: ClosedRange<Int64>) throws -> ColumnSegment {
        let (chunk, tenants) = ColumnSegmentTests.chunk(first: range.lowerBound, count: range.count)
        var builder = ColumnBuilder(first: range.lowerBound, key: MemoryJournal.key)
        builder.add(try Chunk.keys(chunk), tenants: tenants)
        return try ColumnSegment(image: builder.encoded(keyCheck: keyCheck), keyCheck: keyCheck)
    }

    /// A segment that covers a range of which nothing is there.
    static func empty(_ range: ClosedRange<Int64>) throws -> ColumnSegment {
        var builder = ColumnBuilder(first: range.lowerBound, key: MemoryJournal.key)
        builder.cover(through: range.upperBound)
        return try ColumnSegment(image: builder.encoded(keyCheck: keyCheck), keyCheck: keyCheck)
    }
}
