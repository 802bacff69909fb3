import Events

/// The numbers that one slot gives to chunks: `milliseconds since 2026 << 22 | slot << 12 | index in the chunk`.
///
/// So a number is unique over all slots, rises within its slot, and tells its slot and its chunk. Numbers below 2^40 are those of an
/// imported journal, which are slot 0.
struct SlotNumbers: Sendable, Equatable {
    /// Maximum number of events of a chunk.
    static let mostInChunk = 4096
    /// The first number that is not an imported one.
    static let firstGiven: Int64 = 1 << 40
    /// Maximum number of events of an imported chunk.
    static let mostInImportedChunk: Int64 = 1 << 15
    /// 2026-01-01 UTC, in milliseconds since 1970.
    private static let origin: Int64 = 1_767_225_600_000
    private static let slotShift: Int64 = 12
    private static let timeShift: Int64 = 22
    /// September 2034: a number has 60 bits, of which the time gets 38. A clock that is further ahead gives no larger numbers.
    private static let latest = SequenceNumber.largest.rawValue >> timeShift

    let slot: Int16
    private var last: Int64

    /// - Parameter newest: the first number of the slot's newest chunk; nil if there is none.
    init(slot: Int16, newest: Int64?) {
        precondition((1...1023).contains(slot), "slot \(slot) gives no numbers")
        self.slot = slot
        last = newest.map { $0 >> Self.timeShift } ?? 0
    }

    /// The number of the next chunk's first event; ahead of the clock if chunks come faster than milliseconds, or if it was set back.
    mutating func next(at now: Timestamp) -> Int64 {
        last = max(last + 1, Self.time(of: now))
        return last << Self.timeShift | Int64(slot) << Self.slotShift
    }

    /// The slot that an event's number names.
    static func slot(of number: Int64) -> Int16 {
        number < firstGiven ? 0 : Int16((number >> slotShift) & 1023)
    }

    /// The lowest number that the first event of this event's chunk can have.
    static func lowestFirst(of number: Int64) -> Int64 {
        number < firstGiven ? max(0, max(0, number) - mostInImportedChunk + 1) : number & ~Int64(mostInChunk - 1)
    }

    /// The lowest number that can be given at this time.
    static func lowest(at time: Timestamp) -> Int64 {
        Self.time(of: time) << timeShift
    }

    /// About when a number was given.
    static func time(of number: Int64) -> Timestamp {
        Timestamp(milliseconds: (number >> timeShift) + origin)
    }

    private static func time(of timestamp: Timestamp) -> Int64 {
        let (time, overflow) = timestamp.milliseconds.subtractingReportingOverflow(origin)
        // Numbers below 2^40 are imported ones.
        let earliest = firstGiven >> timeShift
        return overflow ? earliest : min(max(time, earliest), latest)
    }
}
