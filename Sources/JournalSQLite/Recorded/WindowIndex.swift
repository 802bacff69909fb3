import Events
import Journal
import JournalFormat

/// What the search index knows of a window's events, a stretch of the journal at a time: so that what lies outside need not be read.
///
/// It knows when events occurred, and not when they were accepted; the chunks' rows tell that.
struct WindowIndex: Sendable {
    /// A stretch of the journal.
    struct Region {
        let last: Int64
        let content: Content
    }

    enum Content {
        /// Its chunks must be examined.
        case unknown
        /// None of its events is in the window.
        case outside
        /// Its events that are in the window, of those that the index has.
        case rows(IndexedRows)
    }

    /// In journal order.
    private var segments: [ColumnSegment]
    private let times: ClosedRange<Int64>
    private let tenant: UInt32?

    /// - Parameters:
    ///   - segments: those of the search index that are complete.
    ///   - tenant: the number of the window's tenant; nil if it has none.
    init(_ window: RecordedWindow, _ segments: [ColumnSegment], tenant: UInt32?) {
        let isOfUse = window.clock == .occurred && window.from < window.until
        self.segments = isOfUse ? segments.sorted { $0.range.lowerBound < $1.range.lowerBound } : []
        times = window.from.milliseconds...max(window.from.milliseconds, window.until.milliseconds - 1)
        self.tenant = tenant
    }

    /// The stretch that begins with this event.
    mutating func region(from next: Int64, through newest: Int64, discarding columns: ColumnIndex) throws -> Region {
        while true {
            do {
                return try region(from: next, through: newest)
            } catch let damaged as DamagedSegment {
                if damaged.canBeMadeAgain { columns.discard(damaged) }
                forget(damaged.segment)
            }
        }
    }

    /// Leaves out a segment that cannot be read.
    mutating func forget(_ segment: ColumnSegment) {
        segments.removeAll { $0 === segment }
    }

    private func region(from next: Int64, through newest: Int64) throws -> Region {
        let index = segments.firstIndex { $0.range.upperBound >= next }
        guard let index, segments[index].range.lowerBound <= newest else {
            return Region(last: newest, content: .unknown)
        }
        let segment = segments[index]
        guard segment.range.lowerBound <= next else {
            return Region(last: segment.range.lowerBound - 1, content: .unknown)
        }
        let last = min(newest, segment.range.upperBound)
        let hasAll = Int64(segment.count) == segment.range.upperBound - segment.range.lowerBound + 1
        if hasAll, isOutside(segment.header) { return Region(last: last, content: .outside) }
        return Region(last: last, content: .rows(try rows(of: segment)))
    }

    private func isOutside(_ header: ColumnHeader) -> Bool {
        guard header.times.overlaps(times) else { return true }
        guard let tenant, header.onlyTenant != 0 else { return false }
        return header.onlyTenant != tenant
    }

    private func rows(of segment: ColumnSegment) throws -> IndexedRows {
        let columns = try segment.open()
        var rows = segment.count > 0 && !isOutside(segment.header) ? RowSelection.all(segment.count) : .none
        if rows.count > 0, !times.contains(segment.header.times) {
            try columns.column(.timestamps).filter(&rows, by: .within(times))
        }
        if rows.count > 0, let tenant, segment.header.onlyTenant != tenant {
            // A name's number tells the tenant, too.
            let isOwn = [false] + (try columns.texts(of: .names).map { $0.tenant == tenant })
            try columns.column(.names).filter(&rows, by: .among(isOwn))
        }
        return IndexedRows(columns: columns, rows: rows, sequences: try columns.sequences())
    }
}

/// The rows of a segment that are in a window.
struct IndexedRows {
    let columns: OpenSegment
    let rows: RowSelection
    let sequences: RowSequences

    /// Whether the index has all events of a chunk, be they in the window or not.
    func hasAll(_ chunk: ClosedRange<Int64>) -> Bool {
        sequences.count(in: chunk, of: columns.segment.count) == Int(chunk.upperBound - chunk.lowerBound + 1)
    }

    /// Whether all rows of the segment are in the window.
    var areAll: Bool { rows.count == columns.segment.count }

    /// The numbers of the rows, ascending.
    var matching: [Int64] {
        var found: [Int64] = []
        found.reserveCapacity(rows.count)
        rows.forEach { found.append(sequences[$0]) }
        return found
    }
}

extension RowSequences {
    /// How many rows have a number in this range.
    /// - Parameter rows: how many rows there are.
    func count(in range: ClosedRange<Int64>, of rows: Int) -> Int {
        place(of: range.upperBound + 1, of: rows) - place(of: range.lowerBound, of: rows)
    }

    /// The parts of a range that no row has.
    /// - Parameter rows: how many rows there are.
    func holes(in range: ClosedRange<Int64>, of rows: Int) -> [ClosedRange<Int64>] {
        var covered = SequenceRanges()
        for (index, run) in runs.enumerated() {
            let end = index + 1 < runs.count ? runs[index + 1].row : Int64(rows)
            if end > run.row { covered.insert(run.sequence...(run.sequence + end - run.row - 1)) }
        }
        return covered.gaps(in: range.lowerBound..<(range.upperBound + 1))
    }

    /// The first row whose number is not below.
    private func place(of sequence: Int64, of rows: Int) -> Int {
        var (low, high) = (0, rows)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
