import Events
import Foundation
import GRDB
import Journal
import JournalFormat
import TestSupport
import Testing

@testable import JournalSQLite

/// The order in which a search goes through the segments of a snapshot.
@Suite struct SegmentWalkTests {
    /// Each step of a walk: the range of the segment.
    private static func ranges(
        of walk: SegmentWalk,
        _ context: SearchContext,
        in db: Database
    ) throws -> [ClosedRange<Int64>?] {
        var (walk, ranges): (SegmentWalk, [ClosedRange<Int64>?]) = (walk, [])
        while !walk.isAtEnd { ranges.append(try walk.next(context, in: db)?.range) }
        return ranges
    }

    private static func snapshot(_ segments: [ColumnSegment], gaps: [ClosedRange<Int64>]) -> ColumnIndex.Snapshot {
        ColumnIndex.Snapshot(segments: segments, gaps: gaps, removed: SequenceRanges())
    }

    /// 25 events in chunks of five.
    private static func open(_ folder: URL) async throws -> SQLiteEventStore {
        var settings = SQLiteStoreSettings()
        settings.eventsPerSegment = 10
        let store = try SampleStore.open(folder, settings)
        for first in stride(from: 1, to: 25, by: 5) {
            _ = try await SampleStore.append(first...(first + 4), to: store)
        }
        return store
    }

    @Test func `first come the gaps, a segment at a time, then the stored segments`() async throws {
        try await withTemporaryFolder { folder in
            let store = try await Self.open(folder)
            let context = SearchContext(store.parts, EventFilter(), of: "shop")
            let stored = try [31...40, 21...25].map { try SampleSegment.empty($0) }
            let walk = SegmentWalk(Self.snapshot(stored, gaps: [1...5, 6...20]))
            #expect(!walk.isBehindGaps && walk.nextStored === stored[0])
            let ranges = try await store.read { db in try Self.ranges(of: walk, context, in: db) }
            #expect(ranges == [1...5, 6...15, 16...20, 31...40, 21...25])
            await store.close()
        }
    }

    @Test func `a gap of which nothing is there is passed in one step`() async throws {
        try await withTemporaryFolder { folder in
            let store = try await Self.open(folder)
            let context = SearchContext(store.parts, EventFilter(), of: "shop")
            let walk = SegmentWalk(Self.snapshot([], gaps: [100...300]))
            let ranges = try await store.read { db in try Self.ranges(of: walk, context, in: db) }
            #expect(ranges == [100...300])
            await store.close()
        }
    }

    @Test func `sorts the stored segments that have events, and can be ended`() throws {
        let segments = try [11...20, 31...40, 1...10].map { try SampleSegment.full($0) }
        let snapshot = Self.snapshot(segments + [try SampleSegment.empty(21...30)], gaps: [])
        var walk = SegmentWalk(snapshot) { $0.range.lowerBound > $1.range.lowerBound }
        #expect(walk.isBehindGaps && !walk.isAtEnd && walk.nextStored?.range == 31...40)
        walk.end()
        #expect(walk.isAtEnd && walk.nextStored == nil)
        let nothing = SegmentWalk(Self.snapshot([], gaps: []))
        #expect(nothing.isAtEnd && nothing.isBehindGaps)
        #expect(!SegmentWalk(Self.snapshot([], gaps: [1...2])).isAtEnd)
    }
}
