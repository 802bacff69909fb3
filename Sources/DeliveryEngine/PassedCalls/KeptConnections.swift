import NIOCore

/// Which free connections are kept for the next call, by the place to which they lead. It is told the time and reads no clock.
///
/// A connection that was taken has no time limit left here: a timer that goes off late finds nothing to end.
struct KeptConnections<Place: Hashable, Connection: AnyObject> {
    /// Less than the five seconds after which many servers close theirs.
    static var longest: TimeAmount { .seconds(4) }
    /// The most at one place.
    static var most: Int { 16 }

    private struct Kept {
        let connection: Connection
        let until: NIODeadline
    }

    /// At each place in the order in which they came.
    private var kept: [Place: [Kept]] = [:]

    /// When the next one has been kept for too long; nil if there is none.
    var nextExpiry: NIODeadline? { kept.values.compactMap { $0.first?.until }.min() }

    /// Keeps a connection.
    /// - Returns: false if as many as possible are kept at its place.
    mutating func keep(_ connection: Connection, at place: Place, now: NIODeadline) -> Bool {
        guard kept[place, default: []].count < Self.most else { return false }
        kept[place, default: []].append(Kept(connection: connection, until: now + Self.longest))
        return true
    }

    /// Takes the connection that was used last; nil if there is none, or if it was kept for too long.
    mutating func take(at place: Place, now: NIODeadline) -> Connection? {
        guard let last = kept[place]?.last, last.until > now else { return nil }
        remove(last.connection, at: place)
        return last.connection
    }

    /// Forgets a connection that has ended.
    mutating func remove(_ connection: Connection, at place: Place) {
        kept[place]?.removeAll { $0.connection === connection }
        if kept[place]?.isEmpty == true { kept[place] = nil }
    }

    /// Removes the connections that were kept for too long.
    mutating func removeExpired(now: NIODeadline) -> [Connection] {
        var expired: [Connection] = []
        for (place, connections) in kept {
            for old in connections where old.until <= now {
                expired.append(old.connection)
                remove(old.connection, at: place)
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
