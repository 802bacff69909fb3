import Events
import Journal
import JournalFormat
import Synchronization

/// What the holders of lanes' leases have brought along.
final class LaneBook: Sendable {
    private struct Entry {
        let membership: any LaneMembership
        /// What was read and is not claimed, by slot.
        var prepared: [Int16: LaneStretch] = [:]
    }

    private let entries = Mutex<[Int32: Entry]>([:])

    /// Begins a new lease of an account.
    func begin(_ account: Int32, taking membership: any LaneMembership) {
        entries.withLock { $0[account] = Entry(membership: membership) }
    }

    /// A lease of the account has ended. What was read is read again under another one, if there is any.
    func leave(_ account: Int32) {
        entries.withLock { $0[account]?.prepared = [:] }
    }

    /// What the account's latest lease was taken with.
    func membership(of account: Int32) -> (any LaneMembership)? {
        entries.withLock { $0[account]?.membership }
    }

    /// What was read before of the walk's next events; nil if nothing was.
    func prepared(_ walk: SlotWalk, of account: Int32) -> LaneStretch? {
        entries.withLock { entries in
            guard let piece = entries[account]?.prepared[walk.slot], piece.start <= walk.position,
                walk.position < piece.stretch.end
            else { return nil }
            return piece
        }
    }

    /// Keeps what was read, for the next claim.
    func keep(_ piece: LaneStretch, in slot: Int16, of account: Int32) {
        entries.withLock { $0[account]?.prepared[slot] = piece }
    }
}
