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
        /// The lane begins after this event.
        let first: Int64
        var state: LaneState
        /// Its last event; nil while it has no end.
        var through: Int64?
        /// What its latest lease was taken with.
        var membership: (any LaneMembership)?
        /// What was read and is not claimed.
        fileprivate(set) var prepared: LaneStretch?
        /// What follows ``prepared``, which is being read.
        fileprivate(set) var next: Next?
    }

    /// The reading of a piece ahead of its claims.
    struct Next: Sendable {
        /// The piece begins after this position.
        let start: Int64
        /// Its result is nil if the piece could not be read.
        let read: Task<LaneStretch?, Never>
    }

    private let entries: Mutex<[ProviderName: Entry]>
    private let routes = Mutex<[LaneNumber: [UInt8]]>([:])

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
            if !state.isActive { entries[account]?.forgetPieces() }
        }
    }

    /// Begins a new lease of the account.
    func begin(_ account: ProviderName, taking membership: any LaneMembership) {
        entries.withLock { entries in
            entries[account]?.membership = membership
            entries[account]?.forgetPieces()
        }
    }

    /// The routes of a lane, which are frozen with it.
    /// - Parameter read: reads them the first time.
    func routes(of number: LaneNumber, _ read: (LaneNumber) throws -> [UInt8]) rethrows -> [UInt8] {
        if let known = routes.withLock({ $0[number] }) { return known }
        let routes = try read(number)
        self.routes.withLock { $0[number] = routes }
        return routes
    }

    /// Keeps what was read, for the next claims.
    /// - Parameter next: the reading of what follows it; nil if nothing does yet.
    func keep(_ prepared: LaneStretch, followedBy next: Next?, of account: ProviderName) {
        // What it replaces is freed without the lock.
        let replaced = entries.withLock { entries -> Entry? in
            let before = entries[account]
            entries[account]?.prepared = prepared
            entries[account]?.next = next
            return before
        }
        withExtendedLifetime(replaced) {}
    }
}

extension LaneBook.Entry {
    fileprivate mutating func forgetPieces() {
        (prepared, next) = (nil, nil)
    }
}
