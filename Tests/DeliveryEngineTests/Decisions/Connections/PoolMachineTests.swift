import NIOCore
import Testing

@testable import DeliveryEngine

/// Each test reads as a transcript: what happened to connections and exchanges, and which step the pool takes next.
@Suite struct PoolMachineTests {
    let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    var deadline: NIODeadline { start + .seconds(30) }
    /// After the time for which a connection is watched, and before the end of its trial.
    var soon: NIODeadline { start + PoolMachine.settlingTime }
    var afterTrial: NIODeadline { start + PoolMachine.trial }

    /// A pool with this many connections, which have carried nothing yet.
    private func makePool(_ connections: Int, most: Int = 8) -> PoolMachine {
        var pool = PoolMachine(mostConnections: most)
        for exchange in 0..<connections { pool.asked(1000 + exchange, mayRepeat: true, until: deadline) }
        for _ in 0..<connections { _ = pool.next(at: start) }
        for exchange in 0..<connections { _ = pool.withdrew(1000 + exchange) }
        for connection in 0..<connections { pool.connected(connection) }
        return pool
    }

    /// All steps that are due, but for wakes.
    private func steps(_ pool: inout PoolMachine, at now: NIODeadline) -> [PoolMachine.Step] {
        var steps: [PoolMachine.Step] = []
        while let step = pool.next(at: now) {
            if case .wake = step { continue }
            steps.append(step)
        }
        return steps
    }

    /// A pool of one connection that has just brought its first answer.
    private func makeAnswered() -> PoolMachine {
        var pool = makePool(1)
        pool.asked(1, mayRepeat: true, until: deadline)
        _ = steps(&pool, at: start)
        pool.answered(0, at: start)
        return pool
    }

    // MARK: - Connections are made

    @Test func `connects for each exchange that waits, up to the limit, and sends in order`() {
        var pool = PoolMachine(mostConnections: 2)
        for exchange in 1...3 { pool.asked(exchange, mayRepeat: true, until: deadline) }
        #expect(steps(&pool, at: start) == [.connect, .connect])
        pool.connected(7)
        #expect(steps(&pool, at: start) == [.begin(exchange: 1, connection: 7)])
        pool.connected(8)
        #expect(steps(&pool, at: start) == [.begin(exchange: 2, connection: 8)])
        pool.answered(8, at: start)
        #expect(steps(&pool, at: start) == [])
        #expect(steps(&pool, at: soon) == [.begin(exchange: 3, connection: 8)])
    }

    @Test func `fails the one that has waited longest when no connection can be made, and tries again for the next`() {
        var pool = PoolMachine(mostConnections: 1)
        for exchange in 1...2 { pool.asked(exchange, mayRepeat: true, until: deadline) }
        #expect(steps(&pool, at: start) == [.connect])
        #expect(pool.couldNotConnect() == 1)
        #expect(steps(&pool, at: start) == [.connect])
        #expect(pool.couldNotConnect() == 2)
        #expect(steps(&pool, at: start) == [])
    }

    @Test func `makes no connection that nobody waits for any more`() {
        var pool = PoolMachine(mostConnections: 4)
        pool.asked(1, mayRepeat: true, until: deadline)
        #expect(steps(&pool, at: start) == [.connect])
        #expect(pool.withdrew(1) == .waiting)
        #expect(steps(&pool, at: start) == [])
        #expect(pool.couldNotConnect() == nil)
    }

    @Test func `uses a connection that was made for another exchange`() {
        var pool = PoolMachine(mostConnections: 4)
        pool.asked(1, mayRepeat: false, until: deadline)
        #expect(steps(&pool, at: start) == [.connect])
        _ = pool.withdrew(1)
        pool.connected(5)
        pool.asked(2, mayRepeat: false, until: deadline)
        #expect(steps(&pool, at: start) == [.begin(exchange: 2, connection: 5)])
    }

    @Test func `replaces a connection that ends while exchanges wait`() {
        var pool = makePool(1, most: 1)
        pool.asked(1, mayRepeat: true, until: deadline)
        pool.asked(2, mayRepeat: true, until: deadline)
        #expect(steps(&pool, at: start) == [.begin(exchange: 1, connection: 0)])
        pool.ended(0, byVendor: false, at: start)
        #expect(steps(&pool, at: start) == [.connect])
    }

    @Test func `gives an exchange another turn, ahead of later ones, when its connection turns out to be closed`() {
        var pool = makePool(1, most: 1)
        for exchange in 1...2 { pool.asked(exchange, mayRepeat: false, until: deadline) }
        #expect(steps(&pool, at: start) == [.begin(exchange: 1, connection: 0)])
        pool.foundClosed(0, at: start)
        #expect(steps(&pool, at: start) == [.connect])
        pool.ended(0, byVendor: true, at: start)
        pool.connected(1)
        #expect(steps(&pool, at: start) == [.begin(exchange: 1, connection: 1)])
    }

    @Test func `keeps the deadline of an exchange whose connection turns out to be closed`() {
        var pool = makePool(1, most: 1)
        pool.asked(1, mayRepeat: true, until: deadline)
        _ = steps(&pool, at: start)
        pool.foundClosed(0, at: deadline)
        #expect(steps(&pool, at: deadline) == [.fail(exchange: 1, .timeout)])
        #expect(pool.withdrew(1) == nil)
    }

    // MARK: - Connections are used again

    @Test func `takes the connection that was used last`() {
        var pool = makePool(2)
        pool.asked(1, mayRepeat: true, until: deadline)
        #expect(steps(&pool, at: start) == [.begin(exchange: 1, connection: 1)])
        pool.answered(1, at: start)
        _ = steps(&pool, at: soon)
        pool.asked(2, mayRepeat: true, until: deadline)
        #expect(steps(&pool, at: soon) == [.begin(exchange: 2, connection: 1)])
    }

    @Test func `waits a moment for a connection that has just answered, rather than make another`() {
        var pool = makeAnswered()
        pool.asked(2, mayRepeat: true, until: deadline)
        #expect(pool.next(at: start) == .wake(at: soon))
        #expect(pool.next(at: start) == nil)
        pool.woke()
        #expect(pool.next(at: soon) == .begin(exchange: 2, connection: 0))
    }

    @Test func `makes another connection where the one that answered is closed in that moment`() {
        var pool = makeAnswered()
        pool.asked(2, mayRepeat: true, until: deadline)
        #expect(steps(&pool, at: start) == [])
        pool.ended(0, byVendor: true, at: start)
        #expect(steps(&pool, at: start) == [.connect])
    }

    @Test func `gives a request that must not be repeated no connection that may be closed for its answer`() {
        var pool = makeAnswered()
        pool.asked(2, mayRepeat: false, until: deadline)
        #expect(steps(&pool, at: start) == [.connect])
        #expect(steps(&pool, at: soon) == [])
        // Another request, which may be repeated, does not wait for it.
        pool.asked(3, mayRepeat: true, until: deadline)
        #expect(steps(&pool, at: soon) == [.begin(exchange: 3, connection: 0)])
        pool.connected(1)
        #expect(steps(&pool, at: soon) == [.begin(exchange: 2, connection: 1)])
    }

    @Test func `gives it one that has outlived its answer, where no other can be made`() {
        var pool = PoolMachine(mostConnections: 1)
        pool.asked(1, mayRepeat: false, until: deadline)
        _ = pool.next(at: start)
        pool.connected(0)
        _ = steps(&pool, at: start)
        pool.answered(0, at: start)
        pool.asked(2, mayRepeat: false, until: deadline)
        #expect(steps(&pool, at: soon) == [])
        pool.woke()
        #expect(pool.next(at: soon) == .wake(at: afterTrial))
        pool.woke()
        #expect(pool.next(at: afterTrial) == .begin(exchange: 2, connection: 0))
    }

    @Test func `trusts a vendor that has kept a connection after an answer, until it closes one`() {
        var pool = makeAnswered()
        _ = steps(&pool, at: soon)
        pool.asked(2, mayRepeat: true, until: deadline)
        _ = steps(&pool, at: soon)
        pool.answered(0, at: soon)
        pool.asked(3, mayRepeat: false, until: deadline)
        #expect(
            steps(&pool, at: soon) == [.begin(exchange: 3, connection: 0)],
            "at once, and what must not be repeated"
        )
        pool.answered(0, at: soon)
        pool.ended(0, byVendor: true, at: soon)
        pool.asked(4, mayRepeat: true, until: deadline)
        _ = steps(&pool, at: soon)
        pool.connected(1)
        _ = steps(&pool, at: soon)
        pool.answered(1, at: soon)
        pool.asked(5, mayRepeat: false, until: deadline)
        #expect(steps(&pool, at: soon) == [.connect])
    }

    @Test(arguments: [(byVendor: true, after: Int64(2000)), (byVendor: false, after: 0)])
    func `goes on trusting it where a connection ends for another reason`(end: (byVendor: Bool, after: Int64)) {
        var pool = makeAnswered()
        _ = steps(&pool, at: soon)
        pool.asked(2, mayRepeat: true, until: deadline)
        _ = steps(&pool, at: soon)
        pool.answered(0, at: soon)
        pool.ended(0, byVendor: end.byVendor, at: soon + .milliseconds(end.after))
        pool.asked(3, mayRepeat: true, until: deadline)
        _ = steps(&pool, at: soon)
        pool.connected(1)
        _ = steps(&pool, at: soon)
        pool.answered(1, at: soon)
        pool.asked(4, mayRepeat: false, until: deadline)
        #expect(steps(&pool, at: soon) == [.begin(exchange: 4, connection: 1)])
    }

    // MARK: - Exchanges end without a connection

    @Test func `fails an exchange at its deadline, and wakes for it`() {
        var pool = PoolMachine(mostConnections: 1)
        pool.asked(1, mayRepeat: true, until: deadline)
        #expect(pool.next(at: start) == .connect)
        #expect(pool.next(at: start) == .wake(at: deadline))
        pool.asked(2, mayRepeat: true, until: start + .seconds(1))
        #expect(pool.next(at: start) == .wake(at: start + .seconds(1)), "an earlier one replaces it")
        pool.woke()
        #expect(pool.next(at: start + .seconds(1)) == .fail(exchange: 2, .timeout))
        #expect(pool.next(at: start + .seconds(1)) == .wake(at: deadline))
        pool.woke()
        #expect(pool.next(at: deadline) == .fail(exchange: 1, .timeout))
        #expect(pool.next(at: deadline) == nil)
    }

    @Test func `knows where an exchange is that is not wanted any more`() {
        var pool = makePool(1, most: 1)
        pool.asked(1, mayRepeat: true, until: deadline)
        _ = steps(&pool, at: start)
        pool.asked(2, mayRepeat: true, until: deadline)
        #expect(pool.withdrew(1) == .inFlight(connection: 0))
        #expect(pool.withdrew(2) == .waiting)
        #expect(pool.withdrew(2) == nil)
        pool.answered(0, at: start)
        #expect(pool.withdrew(1) == nil)
    }

    @Test func `gives nobody a connection after the shutdown`() {
        var pool = makePool(1)
        pool.asked(1, mayRepeat: true, until: deadline)
        pool.shutDown()
        #expect(pool.next(at: start) == .fail(exchange: 1, .shutDown))
        #expect(pool.next(at: start) == nil)
        pool.asked(2, mayRepeat: true, until: deadline)
        #expect(pool.next(at: start) == .fail(exchange: 2, .shutDown))
    }
}
