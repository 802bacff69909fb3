/// Decides which connections may be open, with a limit per address and a total limit, over all listeners.
///
/// At a limit, a dispensable connection is closed to make room: one without a request so far, otherwise one between two requests, the
/// oldest first. So silent connections block nobody, and no connection in use is closed.
struct ConnectionRegister<Address: Hashable & Sendable, Connection: ObservedConnection>: Sendable {
    /// What happens to a new connection.
    enum Verdict: Equatable {
        case admitted(Int)
        /// It may stay, and this other one must be closed.
        case admittedInsteadOf(Int, id: Int)
        case refused(LimitReached)
    }

    /// Which limit is reached.
    enum LimitReached: String, Equatable {
        case address, total
    }

    /// An open connection.
    private struct Entry {
        let connection: Connection
        /// Nil: not counted by address.
        let address: Address?
        /// Whether it was asked to close. It no longer counts.
        var isLeaving = false
    }

    private let limit: Int
    private let perAddress: Int
    /// How many connections are reserved for administration.
    private let reserved: Int
    private var entries: [Int: Entry] = [:]
    /// In order of arrival, without those that are leaving.
    private var order: [Address?: [Int]] = [:]
    private var staying = 0
    private var nextID = 0

    /// - Parameter reserved: how many of `limit` are reserved for the administration listener.
    init(limit: Int, perAddress: Int, reserved: Int = 0) {
        precondition(limit > reserved && perAddress > 0, "a server that accepts no connections serves nobody")
        self.limit = limit
        self.perAddress = perAddress
        self.reserved = reserved
    }

    /// How many are open and were not asked to close.
    var count: Int { staying }

    /// The connection with this number, unless it has closed.
    func connection(_ id: Int) -> Connection? { entries[id]?.connection }

    /// A connection was opened.
    /// - Parameter address: nil if it is not to be counted by address.
    mutating func open(
        _ connection: Connection,
        from address: Address?,
        forAdministration isAdministration: Bool = false
    ) -> Verdict {
        var victim: Int?
        if let address, order[address]?.count ?? 0 >= perAddress {
            guard let found = dispensable(order[address] ?? []) else { return .refused(.address) }
            victim = found
        } else if staying >= (isAdministration ? limit : limit - reserved) {
            guard let found = dispensableOfAll() else { return .refused(.total) }
            victim = found
        }
        let id = nextID
        nextID += 1
        entries[id] = Entry(connection: connection, address: address)
        order[address, default: []].append(id)
        staying += 1
        guard let victim else { return .admitted(id) }
        leave(victim)
        return .admittedInsteadOf(victim, id: id)
    }

    /// A connection that was asked to close stays, because a request had arrived.
    /// - Parameter newcomer: the connection for which it was to make room.
    /// - Returns: the one that must close instead: another dispensable one, otherwise the newcomer, whatever it is doing; nil if there is
    ///   room now.
    mutating func stays(_ id: Int, insteadOf newcomer: Int) -> Int? {
        guard let entry = entries[id], entry.isLeaving else { return nil }
        entries[id]?.isLeaving = false
        let place = order[entry.address]?.firstIndex { $0 > id }
        if let place {
            order[entry.address]?.insert(id, at: place)
        } else {
            order[entry.address, default: []].append(id)
        }
        staying += 1
        guard let new = entries[newcomer], !new.isLeaving else { return nil }
        let other: Int?
        if let address = new.address, let own = order[address], own.count > perAddress {
            other = dispensable(own, but: newcomer)
        } else if staying > limit - reserved {
            other = dispensableOfAll(but: newcomer)
        } else {
            return nil
        }
        leave(other ?? newcomer)
        return other ?? newcomer
    }

    /// A connection has closed.
    mutating func closed(_ id: Int) {
        guard let entry = entries.removeValue(forKey: id), !entry.isLeaving else { return }
        removeFromOrder(id, entry.address)
    }

    /// Marks a connection as leaving: it is still open, but no longer counts.
    private mutating func leave(_ id: Int) {
        guard let entry = entries[id] else { return }
        entries[id]?.isLeaving = true
        removeFromOrder(id, entry.address)
    }

    private mutating func removeFromOrder(_ id: Int, _ address: Address?) {
        guard let place = order[address]?.firstIndex(of: id) else { return }
        order[address]?.remove(at: place)
        if order[address]?.isEmpty ?? false { order[address] = nil }
        staying -= 1
    }

    /// A dispensable connection of the address with the most connections; nil if that has none.
    private func dispensableOfAll(but newcomer: Int? = nil) -> Int? {
        guard let most = order.values.max(by: { $0.count < $1.count }) else { return nil }
        return dispensable(most, but: newcomer)
            ?? order.values.lazy.compactMap { dispensable($0, but: newcomer) }.first
    }

    /// The first silent connection, otherwise the first idle one; nil if all are busy.
    private func dispensable(_ list: [Int], but newcomer: Int? = nil) -> Int? {
        var idle: Int?
        for id in list where id != newcomer {
            switch entries[id]?.connection.standing {
            case .silent: return id
            case .idle: idle = idle ?? id
            case .busy, nil: break
            }
        }
        return idle
    }
}

/// What a connection is doing.
enum ConnectionStanding: UInt8, Sendable, CaseIterable {
    /// No request has arrived yet.
    case silent
    /// All requests are answered.
    case idle
    case busy
}

/// A connection that says what it is doing; called from any thread.
protocol ObservedConnection: Sendable {
    var standing: ConnectionStanding { get }
}
