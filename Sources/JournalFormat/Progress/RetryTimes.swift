import Events

/// When the next retry is due, kept in memory beside rows that are read without a lock.
///
/// The time is never later than that of the earliest retry that nobody has claimed. A read raises it; what happens to rows while a
/// read runs is not in what the read found, and is remembered until the read ends.
struct RetryTimes: Sendable {
    /// Stands for the unknown time of a retry: the next claim finds it out.
    static let overdue = Timestamp(milliseconds: 0)

    private(set) var next: Timestamp?
    private var reads = 0
    private var changedDuringReads: Set<Int64> = []
    /// What lowered ``next`` since the read began that is to raise it.
    private var lowestDuringReads: Timestamp?

    init(next: Timestamp?) {
        self.next = next
    }

    mutating func beginRead() {
        if reads == 0 { lowestDuringReads = nil }
        reads += 1
    }

    mutating func endRead() {
        reads -= 1
        if reads == 0 { changedDuringReads.removeAll() }
    }

    /// Takes over what a read found; ``endRead()`` follows.
    mutating func found(next: Timestamp?, leavesSome: Bool) {
        let known = [next, lowestDuringReads, leavesSome ? Self.overdue : nil]
        self.next = known.compactMap(\.self).min()
    }

    /// Whether what a read found of this row is no longer true.
    func hasChanged(_ sequence: Int64) -> Bool { changedDuringReads.contains(sequence) }

    mutating func noteChange(of sequences: some Sequence<Int64>) {
        if reads > 0 { changedDuringReads.formUnion(sequences) }
    }

    /// Some retry is due at this time or later, and nobody has claimed it.
    mutating func lower(to due: Timestamp) {
        next = min(next ?? due, due)
        if reads > 0 { lowestDuringReads = min(lowestDuringReads ?? due, due) }
    }
}
