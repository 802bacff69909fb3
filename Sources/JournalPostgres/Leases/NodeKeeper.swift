import Dispatch
import Events
import Foundation
import Journal
import Logging
import Synchronization

/// What the other nodes see of this one.
struct NodeDescription: Sendable {
    let name: String
    let version: String
}

/// Keeps this node in the list of those that are there: on a thread and a connection of its own, so that no other statement holds up a
/// heartbeat. Its commits wait for no standby: one that is away must not end every lease.
final class NodeKeeper: Sendable {
    private struct State {
        /// Nil while the node is not in the list.
        var node: Int64?
        var clock: LeaseClock
        /// Digest of the routes that the node works by.
        var routes: [UInt8]
        var isDraining = false
        var isClosing = false
        var saysGoodbye = false
    }

    let settings: LeaseSettings
    private let description: NodeDescription
    private let connection: ConnectionSettings
    private let databaseClock: DatabaseClock
    private let registered: @Sendable (Int64) -> Void
    private let logger: Logger
    private let state: Mutex<State>
    private let wakeUp = DispatchSemaphore(value: 0)
    private let ended = LeaseSignal()
    private let whenBuried = Mutex<(@Sendable (Int64) -> Void)?>(nil)

    init(
        _ description: NodeDescription,
        routes: [UInt8],
        settings: LeaseSettings,
        connection: ConnectionSettings,
        clock: DatabaseClock,
        registered: @escaping @Sendable (Int64) -> Void = { _ in },
        logger: Logger
    ) {
        self.description = description
        self.settings = settings
        self.connection = connection
        databaseClock = clock
        self.registered = registered
        self.logger = logger
        state = Mutex(State(clock: LeaseClock(settings), routes: routes))
    }

    // MARK: What others ask

    /// The number under which the node holds slots and accounts; nil while it is not in the list.
    var node: Int64? { state.withLock { $0.node } }

    /// Whether an operator wants the node to release its accounts.
    var isDraining: Bool { state.withLock { $0.isDraining } }

    /// The node works by other routes from now on.
    func use(routes digest: [UInt8]) { state.withLock { $0.routes = digest } }

    /// Whether nobody can have buried this node yet, as far as clocks tell.
    func isSafe(_ node: Int64, at now: ContinuousClock.Instant) -> Bool {
        state.withLock { $0.node == node && $0.clock.isSafe(at: now) }
    }

    // MARK: Start and end

    /// Enters the node into the list, and keeps it there from now on.
    /// - Parameter buried: called when others have buried the node, with the number that it had, before it has another one.
    func start(over connection: PostgresConnection, buried: @escaping @Sendable (Int64) -> Void)
        async throws(PostgresFailure)
    {
        whenBuried.withLock { $0 = buried }
        let (node, sent) = (Self.newNumber(), ContinuousClock.now)
        registered(node)
        try await connection.run(.registerNode, parameters(of: node))
        state.withLock { state in
            state.node = node
            state.clock.confirmed(sent: sent)
        }
        let thread = Thread { [self] in keep() }
        thread.name = "tollgate.node"
        thread.start()
    }

    /// Sends a heartbeat before its time: there is reason to believe that the node was buried.
    func beatNow() { wakeUp.signal() }

    /// Stops the heartbeats.
    /// - Parameter saysGoodbye: whether the node leaves the list at once, so that others need not wait for its burial.
    func stop(sayingGoodbye saysGoodbye: Bool) {
        state.withLock { state in
            guard !state.isClosing else { return }
            state.isClosing = true
            state.saysGoodbye = saysGoodbye
            state.clock.buried()
        }
        wakeUp.signal()
    }

    /// Returns when the thread has ended.
    func waitForEnd() async { _ = await ended.wait() }

    private static func newNumber() -> Int64 { Int64.random(in: 1...Int64.max) }

    private func parameters(of node: Int64) -> [Parameter] {
        let routes = state.withLock { $0.routes }
        return [
            .int8(node), .text(description.name), .text(description.version), .int4(Int32(JournalMeta.format)),
            .bytea(routes), .float8(Double(settings.lease.wholeMilliseconds)),
        ]
    }

    // MARK: The thread

    private func keep() {
        var session: PostgresSession?
        while !state.withLock({ $0.isClosing }) {
            do throws(PostgresFailure) {
                if session == nil { session = try PostgresSession(connecting: connection) }
                guard let current = session else { continue }
                try beat(current)
            } catch {
                logger.warning("a heartbeat failed", metadata: ["reason": "\(error.reason)"])
                // The next session finds out whether the journal is there still.
                if session?.isBroken ?? false || error.isRefusal(.undefinedTable) {
                    session?.close()
                    session = nil
                }
            }
            _ = wakeUp.wait(timeout: .now() + .milliseconds(Int(settings.heartbeat.wholeMilliseconds)))
        }
        leave(session)
        ended.set(.unwatched)
    }

    private func beat(_ session: PostgresSession) throws(PostgresFailure) {
        guard let node else { return try register(session) }
        let (sent, sentAt) = (ContinuousClock.now, SystemWallClock().now)
        let parameters: [Parameter] = [
            .int8(node), .float8(Double(settings.lease.wholeMilliseconds)), .bytea(state.withLock { $0.routes }),
        ]
        let rows = try session.run(.heartbeat, parameters)
        if let row = rows.first {
            let before = databaseClock.difference
            databaseClock.measured(database: row.integer(1), sent: sentAt, received: SystemWallClock().now)
            tell(databaseClock.difference, before: before)
            return state.withLock { state in
                state.isDraining = row.bool(0)
                if !state.isClosing { state.clock.confirmed(sent: sent) }
            }
        }
        logger.error("this gateway missed its heartbeats and lost its leases", metadata: ["node": "\(node)"])
        state.withLock { state in
            state.node = nil
            state.clock.buried()
        }
        whenBuried.withLock { $0 }?(node)
        try register(session)
    }

    /// Warns when the clocks begin to differ, and when they agree again.
    private func tell(_ difference: ClockDifference, before: ClockDifference) {
        switch (difference, before) {
        case (.noticeable(let ahead), .small), (.large(let ahead), .small), (.large(let ahead), .noticeable):
            logger.warning(
                "this machine's clock differs from the database's; synchronize both, for example by NTP",
                metadata: ["database_ahead": "\(ahead)"]
            )
        case (.small, .noticeable), (.small, .large): logger.notice("this machine's clock agrees with the database's")
        case (.small, .small), (.noticeable, _), (.large, .large): break
        }
    }

    private func register(_ session: PostgresSession) throws(PostgresFailure) {
        // Nobody need have buried the node: another journal may have taken the place of its own.
        try connection.identity?.check(session)
        let (node, sent) = (Self.newNumber(), ContinuousClock.now)
        registered(node)
        _ = try session.run(.registerNode, parameters(of: node))
        state.withLock { state in
            state.node = node
            if !state.isClosing { state.clock.confirmed(sent: sent) }
        }
    }

    /// - Parameter open: nil if the end came before the first connection, or after it was lost.
    private func leave(_ open: PostgresSession?) {
        var session = open
        defer { session?.close() }
        guard state.withLock({ $0.saysGoodbye }), let node else { return }
        do throws(PostgresFailure) {
            let current = if let session { session } else { try PostgresSession(connecting: connection) }
            session = current
            _ = try current.run(.leave, [.int8(node)])
            for statement in Statement.freeWhatTheBuriedHeld { _ = try current.run(statement, []) }
        } catch {
            logger.warning(
                "could not release the leases of this gateway: they expire after the lease time",
                metadata: ["reason": "\(error.reason)"]
            )
        }
    }
}
