import NIOCore

/// Which free connections are kept for the next call, by where they lead. It is told the time and reads no clock.
///
/// A connection that was taken has no time limit left here: a timer that fires late finds nothing to end.
struct KeptConnections<Key: Hashable, Connection: AnyObject> {
    /// Less than the five seconds after which many servers close theirs.
    static var longest: TimeAmount { .seconds(4) }
    /// Maximum number per key.
    static var most: Int { 16 }

    private struct Kept {
        let connection: Connection
        let until: NIODeadline
    }

    /// By key, oldest first.
    private var kept: [Key: [Kept]] = [:]

    /// When the next one has been kept for too long; nil if there is none.
    var nextExpiry: NIODeadline? { kept.values.compactMap { $0.first?.until }.min() }

    /// Keeps a connection.
    /// - Returns: false if the maximum is kept under its key already.
    mutating func keep(_ connection: Connection, at key: Key, now: NIODeadline) -> Bool {
        guard kept[key, default: []].count < Self.most else { return false }
        kept[key, default: []].append(Kept(connection: connection, until: now + Self.longest))
        return true
    }

    /// Takes the connection that was used last; nil if there is none, or if it was kept for too long.
    mutating func take(at key: Key, now: NIODeadline) -> Connection? {
        guard let last = kept[key]?.last, last.until > now else { return nil }
        remove(last.connection, at: key)
        return last.connection
    }

    /// Forgets a connection that has ended.
    mutating func remove(_ connection: Connection, at key: Key) {
        kept[key]?.removeAll { $0.connection === connection }
        if kept[key]?.isEmpty == true { kept[key] = nil }
    }

    /// Removes the connections that were kept for too long.
    mutating func removeExpired(now: NIODeadline) -> [Connection] {
        var expired: [Connection] = []
        for (key, connections) in kept {
            for old in connections where old.until <= now {
                expired.append(old.connection)
                remove(old.connection, at: key)
            }
        }
        return expired
    }

    /// Removes all connections.
    mutating func removeAll() -> [Connection] {
        defer { kept = [:] }
        return kept.values.joined().map(\.connection)
    }
}
