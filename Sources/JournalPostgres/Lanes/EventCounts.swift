import Events
import Journal
import Synchronization

/// How many events the journal has up to a position. What was counted once is remembered, so that only what has come since is counted, and
/// what retention has removed since still counts.
final class EventCounts: Sendable {
    private struct State {
        var slots: [Int16: CountMarks] = [:]
        /// Rises when what was counted is forgotten.
        var generation = 0
    }

    private let state = Mutex(State())

    /// How many chunks one statement counts.
    private let chunksPerStatement: Int64
    /// Fewer chunks than these are counted again the next time.
    private static let mostUnmarked: Int64 = 500

    init(chunksPerStatement: Int64 = 10_000) {
        self.chunksPerStatement = chunksPerStatement
    }

    /// Forgets all that was counted, since the database may have lost some of it.
    func forget() {
        state.withLock { state in
            state.slots = [:]
            state.generation += 1
        }
    }

    /// - Parameter isFinal: whether the same range will be counted repeatedly, whatever retention removes.
    func events(through position: JournalPosition, isFinal: Bool = false, _ session: PostgresSession)
        throws(PostgresFailure) -> Int
    {
        var events: Int64 = 0
        for stream in position.streams {
            let (slot, place) = (Int16(clamping: stream), position.number(inStream: stream).rawValue)
            events += max(0, try count(through: place, in: slot, isFinal, session))
        }
        return Int(clamping: events)
    }

    private func count(through place: Int64, in slot: Int16, _ isFinal: Bool, _ session: PostgresSession)
        throws(PostgresFailure) -> Int64
    {
        let (known, generation) = state.withLock { ($0.slots[slot] ?? CountMarks(), $0.generation) }
        if let next = known.first(from: place) {
            // Back from what comes next, since of what was before something may be gone.
            var count = CountMarks.Mark(place: place, events: 0)
            while count.place < next.place { count = try add(to: count, through: next.place, in: slot, session).count }
            let events = next.events - count.events
            if isFinal { remember(CountMarks.Mark(place: place, events: events), in: slot, generation) }
            return events
        }
        var count = known.last ?? CountMarks.Mark(place: 0, events: 0)
        while count.place < place {
            let step = try add(to: count, through: place, in: slot, session)
            count = step.count
            if step.chunks >= min(Self.mostUnmarked, chunksPerStatement) || isFinal {
                remember(count, in: slot, generation)
            }
        }
        return count.events
    }

    /// - Parameter generation: that of what the mark was counted from.
    private func remember(_ mark: CountMarks.Mark, in slot: Int16, _ generation: Int) {
        state.withLock { state in
            guard state.generation == generation else { return }
            state.slots[slot, default: CountMarks()].insert(mark)
        }
    }

    /// Counts the next events after a mark.
    private func add(to count: CountMarks.Mark, through end: Int64, in slot: Int16, _ session: PostgresSession)
        throws(PostgresFailure) -> (count: CountMarks.Mark, chunks: Int64)
    {
        let parameters: [Parameter] = [
            .int2(slot), .int8(count.place), .int8(SlotNumbers.lowestFirst(of: count.place)), .int8(end),
            .int8(chunksPerStatement),
        ]
        guard let row = try session.run(.countEvents, parameters).first else {
            return (CountMarks.Mark(place: end, events: count.events), 0)
        }
        let (chunks, last) = (row.integer(0), row.optionalInteger(2) ?? end)
        let place = chunks < chunksPerStatement ? end : max(last, count.place + 1)
        return (CountMarks.Mark(place: place, events: count.events + row.integer(1)), chunks)
    }
}

/// What is known of one slot: how many events it has up to some of its numbers.
struct CountMarks: Sendable {
    struct Mark: Sendable, Equatable {
        let place: Int64
        let events: Int64
    }

    /// How many are kept.
    static let limit = 4096
    private var marks: [Mark] = []

    var last: Mark? { marks.last }

    /// The first one at this number or behind it.
    func first(from place: Int64) -> Mark? {
        let index = index(of: place)
        return index < marks.endIndex ? marks[index] : nil
    }

    /// A mark that is there stays as it is.
    mutating func insert(_ mark: Mark) {
        let index = index(of: mark.place)
        guard index == marks.endIndex || marks[index].place != mark.place else { return }
        marks.insert(mark, at: index)
        guard marks.count > Self.limit else { return }
        // Every other one; the last stays.
        marks = marks.enumerated().filter { (marks.count - 1 - $0.offset).isMultiple(of: 2) }.map(\.element)
    }

    private func index(of place: Int64) -> Int {
        var (low, high) = (marks.startIndex, marks.endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if marks[middle].place < place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
