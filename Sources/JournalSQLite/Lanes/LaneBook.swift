import Events
import Journal
import JournalFormat
import Synchronization

/// The lanes as claims need them, and what the holders of their leases have brought along.
final class LaneBook: Sendable {
    /// A lane.
    struct Entry: Sendable {
        let account: LaneAccount
        let filter: LaneFilter
        /// The lane begins behind this event.
        let first: Int64
        var state: LaneState
        /// Its last event; nil while it has no end.
        var through: Int64?
        /// What its latest lease was taken with.
        var membership: (any LaneMembership)?
        /// What was read and is not claimed.
        fileprivate(set) var prepared: LaneStretch?
    }

    private let entries: Mutex<[ProviderName: Entry]>

    init(_ lanes: [Entry]) {
        entries = Mutex(Dictionary(lanes.map { ($0.account.name, $0) }, uniquingKeysWith: { first, _ in first }))
    }

    /// The lane with this account; nil if it is no lane's.
    func entry(of account: ProviderName) -> Entry? {
        entries.withLock { $0[account] }
    }

    /// The lanes that are not over.
    var active: [Entry] {
        entries.withLock { $0.values.filter(\.state.isActive) }
    }

    func add(_ entry: Entry) {
        entries.withLock { $0[entry.account.name] = entry }
    }

    func change(_ account: ProviderName, to state: LaneState, through: Int64?) {
        entries.withLock { entries in
            entries[account]?.state = state
            entries[account]?.through = through
        }
    }

    /// Begins a new lease of the account.
    func begin(_ account: ProviderName, taking membership: any LaneMembership) {
        entries.withLock { entries in
            entries[account]?.membership = membership
            entries[account]?.prepared = nil
        }
    }

    /// Keeps what was read, for the next claim.
    func keep(_ prepared: LaneStretch, of account: ProviderName) {
        entries.withLock { $0[account]?.prepared = prepared }
    }
}

/// A piece of the journal as a lane walks over it.
struct LaneStretch: Sendable {
    /// The walk comes from here.
    let start: Int64
    var stretch: Stretch
    /// Where the lane's events go.
    var destinations: [Int64: Destination] = [:]
}
