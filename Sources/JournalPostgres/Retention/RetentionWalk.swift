import Events
import Journal

/// Goes through a range of the journal's numbers, and tells which chunks can go, some at a time.
struct RetentionWalk: Sendable {
    /// Some neighbouring chunks of a slot.
    struct Step: Sendable {
        let slot: Int16
        /// Those that can go.
        var removable: [(first: Int64, last: Int64)] = []
        /// Whether all of them can.
        var isWhole = true
    }

    private(set) var isDone = false
    /// Whether it has found chunks, and whether one of them was not too young by far.
    private var (foundAny, foundOld) = (false, false)
    private let before: Timestamp
    private let range: Range<Int64>
    private var slots: [Int16]?
    private var place: Int64

    private static let chunksPerStep = 256
    /// What was accepted so long after the time can hardly be followed by something in its slot that was accepted before it.
    private static let tolerance = Duration.seconds(3600)

    /// Whether all that it has found is too young by far, so that what comes later in the journal is as well.
    var isInVain: Bool { foundAny && !foundOld }

    /// - Parameter before: what was accepted before it is old enough.
    init(_ range: Range<Int64>, before: Timestamp) {
        self.range = range
        self.before = before
        place = range.lowerBound - 1
    }

    /// Looks at the next chunks. In each slot it ends where they are too young.
    mutating func step(_ session: PostgresSession) throws(PostgresFailure) -> Step? {
        if slots == nil { slots = try session.run(.readEnds, []).map { Int16(clamping: $0.integer(0)) } }
        guard let slot = slots?.first else {
            isDone = true
            return nil
        }
        let parameters: [Parameter] = [
            .int2(slot), .int8(place), .int8(before.milliseconds), .int8(Int64(Self.chunksPerStep)),
            .int8(range.upperBound),
        ]
        let rows = try session.run(.readRemovable, parameters)
        let young = (before + Self.tolerance).milliseconds
        let areOld = rows.contains { $0.integer(3) < young }
        foundAny = foundAny || !rows.isEmpty
        foundOld = foundOld || areOld
        if rows.count < Self.chunksPerStep || !areOld {
            slots?.removeFirst()
            place = range.lowerBound - 1
        } else if let last = rows.last {
            place = last.integer(0)
        }
        var step = Step(slot: slot)
        for row in rows {
            if row.bool(2) { step.removable.append((row.integer(0), row.integer(1))) } else { step.isWhole = false }
        }
        return step
    }
}
