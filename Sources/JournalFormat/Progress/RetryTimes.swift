package import Events

/// When the next retry is due, kept in memory beside rows that are read without a lock.
///
/// The time is never later than that of the earliest retry that nobody has claimed. A read raises it; what happens to rows while a
/// read runs is not in what the read found, and is remembered until the read ends.
package struct RetryTimes: Sendable {
    /// Stands for the unknown time of a retry: the next claim finds it out.
    package static let overdue = Timestamp(milliseconds: 0)

    /// Never later than the earliest that nobody has claimed; nil if there is none.
    package private(set) var next: Timestamp?
    private var reads = 0
    private var changedDuringReads: Set<Int64> = []
    /// What lowered ``next`` since the read began that is to raise it.
    private var lowestDuringReads: Timestamp?

    /// - Parameter next: when the earliest is due.
    package init(next: Timestamp?) {
        self.next = next
    }

    /// Begins a read of rows; ``found(next:leavesSome:)`` and ``endRead()`` follow.
    package mutating func beginRead() {
        if reads == 0 { lowestDuringReads = nil }
        reads += 1
    }

    /// Ends a read.
    package mutating func endRead() {
        reads -= 1
        if reads == 0 { changedDuringReads.removeAll() }
    }

    /// Adds what a read found; ``endRead()`` follows.
    package mutating func found(next: Timestamp?, leavesSome: Bool) {
        let known = [next, lowestDuringReads, leavesSome ? Self.overdue : nil]
        self.next = known.compactMap(\.self).min()
    }

    /// Whether what a read found of this row is no longer true.
    package func hasChanged(_ sequence: Int64) -> Bool { changedDuringReads.contains(sequence) }

    /// Notes that rows have changed while reads may run.
    package mutating func noteChange(of sequences: some Sequence<Int64>) {
        if reads > 0 { changedDuringReads.formUnion(sequences) }
    }

    /// None of those that are known is to be claimed.
    package mutating func leave() { next = nil }

    /// Some retry is due at this time or later, and nobody has claimed it.
    package mutating func lower(to due: Timestamp) {
        next = min(next ?? due, due)
        if reads > 0 { lowestDuringReads = min(lowestDuringReads ?? due, due) }
    }
}
