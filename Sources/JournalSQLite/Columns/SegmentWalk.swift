import GRDB

/// Goes through the segments of a snapshot, first those that are made of what no stored segment covers.
struct SegmentWalk: Sendable {
    private var gaps: ArraySlice<ClosedRange<Int64>>
    private var segments: ArraySlice<ColumnSegment>

    init(_ snapshot: ColumnIndex.Snapshot) {
        gaps = snapshot.gaps[...]
        segments = snapshot.segments[...]
    }

    /// - Parameter isBefore: the order of the stored segments.
    init(_ snapshot: ColumnIndex.Snapshot, by isBefore: (ColumnSegment, ColumnSegment) -> Bool) {
        gaps = snapshot.gaps[...]
        segments = snapshot.segments.filter { $0.count > 0 }.sorted(by: isBefore)[...]
    }

    var isAtEnd: Bool { gaps.isEmpty && segments.isEmpty }
    /// Whether stored segments are all that is left.
    var isBehindGaps: Bool { gaps.isEmpty }
    /// The stored segment that is the next after the gaps.
    var nextStored: ColumnSegment? { segments.first }

    /// Leaves out all that is left.
    mutating func end() {
        gaps = []
        segments = []
    }

    mutating func next(_ search: SearchContext, in db: Database) throws -> ColumnSegment? {
        guard let gap = gaps.first else { return segments.popFirst() }
        var made: ColumnSegment?
        try search.index.forEachSegment(of: gap, search.reader, in: db) { segment in
            made = segment
            return false
        }
        gaps.removeFirst()
        if let made, made.range.upperBound < gap.upperBound {
            gaps.insert((made.range.upperBound + 1)...gap.upperBound, at: gaps.startIndex)
        }
        return made
    }
}
