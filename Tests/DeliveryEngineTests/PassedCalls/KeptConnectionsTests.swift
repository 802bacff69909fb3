import NIOCore
import Testing

@testable import DeliveryEngine

@Suite struct KeptConnectionsTests {
    private final class Connection {}
    private typealias Kept = KeptConnections<String, Connection>

    private let start = NIODeadline.now()
    private let longest = Kept.longest

    private func keep(
        _ connection: Connection,
        in kept: inout Kept,
        at place: String = "a",
        after wait: TimeAmount = .zero
    ) -> Bool {
        kept.keep(connection, at: place, now: start + wait)
    }

    @Test func `gives back the connection that was used last, each once`() {
        var kept = Kept()
        let connections = (0..<3).map { _ in Connection() }
        for connection in connections { #expect(keep(connection, in: &kept) == true) }
        #expect(kept.take(at: "b", now: start) == nil)
        #expect(kept.take(at: "a", now: start) === connections[2])
        #expect(kept.take(at: "a", now: start) === connections[1])
        #expect(kept.take(at: "a", now: start) === connections[0])
        #expect(kept.take(at: "a", now: start) == nil && kept.nextExpiry == nil)
    }

    @Test func `gives back none that was kept too long, even if nobody has ended it yet`() {
        var kept = Kept()
        let old = Connection()
        #expect(keep(old, in: &kept) == true)
        #expect(kept.nextExpiry == start + longest)
        #expect(kept.take(at: "a", now: start + longest) == nil)
        #expect(kept.removeExpired(now: start + longest).map(ObjectIdentifier.init) == [ObjectIdentifier(old)])
        #expect(kept.nextExpiry == nil)
    }

    /// The event loop may set off a timer that was due already when the connection was taken.
    @Test func `ends no connection that was taken, however late its time is up`() {
        var kept = Kept()
        let (taken, other) = (Connection(), Connection())
        #expect(keep(other, in: &kept) == true && keep(taken, in: &kept) == true)
        #expect(kept.take(at: "a", now: start + longest - .nanoseconds(1)) === taken)
        #expect(
            kept.removeExpired(now: start + longest + .hours(1)).map(ObjectIdentifier.init) == [ObjectIdentifier(other)]
        )
    }

    @Test func `keeps the newest when the oldest has expired`() {
        var kept = Kept()
        let (old, new) = (Connection(), Connection())
        #expect(keep(old, in: &kept) == true && keep(new, in: &kept, after: .seconds(1)) == true)
        #expect(kept.removeExpired(now: start + longest).map(ObjectIdentifier.init) == [ObjectIdentifier(old)])
        #expect(kept.nextExpiry == start + longest + .seconds(1))
        #expect(kept.take(at: "a", now: start + longest) === new)
    }

    @Test func `keeps no more than so many at one place`() {
        var kept = Kept()
        for _ in 0..<Kept.most { #expect(keep(Connection(), in: &kept) == true) }
        #expect(keep(Connection(), in: &kept) == false)
        #expect(keep(Connection(), in: &kept, at: "b") == true)
        #expect(kept.removeAll().count == Kept.most + 1)
        #expect(kept.take(at: "a", now: start) == nil)
    }

    @Test func `forgets a connection that has ended`() {
        var kept = Kept()
        let (ended, other) = (Connection(), Connection())
        #expect(keep(other, in: &kept) == true && keep(ended, in: &kept) == true)
        kept.remove(ended, at: "a")
        kept.remove(Connection(), at: "a")
        #expect(kept.take(at: "a", now: start) === other)
        kept.remove(ended, at: "a")
        #expect(kept.removeAll().isEmpty)
    }
}
