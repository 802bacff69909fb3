import Events
import GRDB
import Journal
import JournalFormat

/// A read that is done in steps, so that it can be interrupted between any two of them.
protocol SlicedRead: Sendable {
    var isDone: Bool { get }

    /// Does the next part, which is small.
    /// - Throws: ``DamagedSegment``, after which ``begin(again:)`` is called.
    mutating func step(in db: Database) throws

    /// Begins again what a damaged part of the search index has spoiled.
    mutating func begin(again snapshot: ColumnIndex.Snapshot)

    /// Brings the read to an end that can be told to the caller.
    /// - Returns: false if it has not come far enough for that.
    mutating func endEarly() -> Bool
}

/// How long a read may take.
struct ReadTime: Sendable {
    private let slice: Duration
    private let end: ContinuousClock.Instant
    private let lastEnd: ContinuousClock.Instant

    init(_ settings: SQLiteStoreSettings, now: ContinuousClock.Instant = .now) {
        slice = settings.searchSlice
        end = now + settings.searchTimeLimit
        lastEnd = end + settings.searchPatience
    }

    var isOver: Bool { .now >= end }
    var isLongOver: Bool { .now >= lastEnd }
    /// When a piece that begins now ends.
    var endOfSlice: ContinuousClock.Instant { .now + slice }
}

extension SQLiteEventStore {
    /// Reads in pieces, each in a slot of its own and on a snapshot of its own, until it is done or its time has passed.
    /// - Parameter tenant: who asks; nil for the gateway itself.
    func read<Read: SlicedRead>(
        inSlices start: Read,
        of tenant: TenantID?,
        _ time: ReadTime
    ) async throws(StoreError) -> Read {
        try await readers.slots.asRead(of: tenant) { () async throws(StoreError) in
            try await readAll(start, time)
        }
    }

    private func readAll<Read: SlicedRead>(_ start: Read, _ time: ReadTime) async throws(StoreError) -> Read {
        var read = start
        while !read.isDone {
            if time.isOver, !read.endEarly(), time.isLongOver { throw .unfinishedRead }
            if read.isDone { break }
            let (current, end, parts) = (read, time.endOfSlice, parts)
            read = try await search { db in
                var read = current
                repeat {
                    do {
                        try read.step(in: db)
                    } catch let damaged as DamagedSegment where damaged.canBeMadeAgain {
                        parts.columns.discard(damaged)
                        read.begin(again: parts.columns.snapshot())
                    }
                } while !read.isDone && .now < end
                return read
            }
        }
        return read
    }

    /// Reads one piece of a search, when its turn has come.
    private func search<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        try await readers.slots.withSlot { () async throws(StoreError) in
            try await read(on: readers.searches, body)
        }
    }
}
