import Journal
import JournalFormat

/// What the search index has, in memory and on disk: a value, which ``ColumnIndex`` changes under its lock.
struct ColumnParts {
    var newest: ColumnBuilder
    /// The newest events as a segment, if someone has asked since the last one came.
    var newestSegment: ColumnSegment?
    /// Full, and not in a file yet; in journal order.
    var unwritten: [ColumnSegment] = []
    /// In journal order, without overlap.
    var written: [ColumnSegment] = []
    /// What retention has removed.
    var removed: SequenceRanges
    /// The oldest event of the journal.
    var floor: Int64 = 1
    /// Makes what is missing, once it has been told how.
    var filling: ColumnFilling?
    var isClosing = false
    /// Whether what could not be written is going to be tried again.
    var isRetryDue = false

    init(newest: ColumnBuilder, removed: SequenceRanges) {
        self.newest = newest
        self.removed = removed
    }

    /// Begins with the segments that are on disk.
    mutating func begin(with segments: [ColumnSegment], floor: Int64, newest: ColumnBuilder) {
        written = segments
        self.floor = floor
        self.newest = newest
    }

    /// The newest range that no segment covers, together with a short segment before it.
    /// - Parameter unit: how many events a segment has, at least.
    func nextGap(unit: Int) -> ClosedRange<Int64>? {
        guard let gap = gaps.last else { return nil }
        guard let before = written.last(where: { $0.range.upperBound == gap.lowerBound - 1 }), before.count * 2 < unit
        else { return gap }
        return before.range.lowerBound...gap.upperBound
    }

    /// Leaves out a segment that could not be read.
    /// - Returns: whether it was there.
    mutating func discard(_ segment: ColumnSegment) -> Bool {
        let known = written.count
        written.removeAll { $0 === segment }
        return written.count < known
    }

    /// Forgets segments whose events have all been removed.
    /// - Returns: those.
    mutating func removeSegments(below floor: Int64) -> [ColumnSegment] {
        self.floor = floor
        let removed = removed
        let gone = written.filter { $0.range.upperBound < floor || removed.contains($0.range) }
        written.removeAll { segment in gone.contains { $0 === segment } }
        return gone
    }

    /// What neither a segment covers nor retention has removed, oldest first.
    var gaps: [ClosedRange<Int64>] {
        var covered = SequenceRanges()
        for segment in written + unwritten { covered.insert(segment.range) }
        return covered.gaps(in: floor..<max(floor, newest.first)).flatMap { gap in
            removed.gaps(in: gap.lowerBound..<(gap.upperBound + 1))
        }
    }

    /// Adds a segment, in the place of those whose events it has.
    /// - Returns: those, which are of no use any more; the segment itself if its events are all gone.
    mutating func install(_ segment: ColumnSegment) -> [ColumnSegment] {
        guard segment.range.upperBound >= floor else { return [segment] }
        let replaced = written.filter { $0.range.overlaps(segment.range) }
        written.removeAll { $0.range.overlaps(segment.range) }
        let place = written.firstIndex { $0.range.lowerBound > segment.range.lowerBound } ?? written.count
        written.insert(segment, at: place)
        return replaced
    }
}
