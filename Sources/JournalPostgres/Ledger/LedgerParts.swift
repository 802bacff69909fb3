import Events
import Journal
import JournalFormat
import Logging
import Synchronization

/// What the parts of ``PostgresEventStore`` share that deliver.
struct LedgerParts: Sendable {
    let keeper: NodeKeeper
    let pulse: JournalPulse
    let desk: AccountDesk
    /// For what owners write; taking accounts, too.
    let connection: PostgresConnection
    let lanes = LaneBook()
    let testimonies: LateTestimonies
    let upkeep: LedgerUpkeep
    private let predecessor: Int64?

    init(_ parts: StoreParts) {
        let (settings, logger) = (parts.settings, parts.logger)
        func connection(_ name: String, session: [String: String] = [:]) -> ConnectionSettings {
            settings.connection(name, session: session, identity: parts.identity, reach: parts.reach)
        }
        let lease = LeaseSettings(lease: settings.lease)
        var beating = connection("node", session: ["synchronous_commit": "local"])
        // A connection that is silent is given up early enough for another one.
        beating.patience = max(lease.heartbeat * 2, .seconds(2))
        keeper = NodeKeeper(
            NodeDescription(name: settings.nodeName, version: settings.version),
            routes: settings.routesDigest,
            settings: lease,
            connection: beating,
            clock: parts.clock,
            registered: settings.registered,
            logger: logger
        )
        var pulsing = connection("pulse")
        pulsing.patience = min(pulsing.patience, max(settings.outagePatience, .seconds(1)))
        pulse = JournalPulse(connection: pulsing, reach: parts.reach, logger: logger)
        desk = AccountDesk(keeper: keeper, pulse: pulse)
        testimonies = LateTestimonies(logger: logger)
        upkeep = LedgerUpkeep(keeper: keeper, desk: desk, testimonies: testimonies)
        self.connection = PostgresConnection(connection("ledger"), count: Self.connections)
        predecessor = settings.predecessor
    }

    /// Statements of different accounts that are in flight at once: one that waits for a lock does not hold up all others.
    private static let connections = 2

    /// Enters the node into the list of those that are there, and begins to look at what others do.
    /// - Parameter newest: is told how far the journal has grown.
    func start(newest: NewestNumbers) async throws(PostgresFailure) {
        let (desk, keeper) = (desk, keeper)
        if let predecessor {
            try await connection.run(.leave, [.int8(predecessor)])
            for statement in Statement.freeWhatTheBuriedHeld { try await connection.run(statement) }
        }
        try await keeper.start(over: connection) { desk.buried($0) }
        pulse.start { [upkeep] session throws(PostgresFailure) in
            try upkeep.run(session)
        } found: { reading in
            guard let reading else { return }
            newest.advance(to: reading.newest)
            desk.observe(reading, at: .now)
        }
    }

    /// Ends every wait and gives up the node's place.
    /// - Parameter saysGoodbye: whether others may take at once what the node holds.
    func stop(sayingGoodbye saysGoodbye: Bool) {
        desk.close()
        pulse.stop()
        keeper.stop(sayingGoodbye: saysGoodbye)
    }

    /// Returns when all has ended that ``stop(sayingGoodbye:)`` has stopped.
    func waitForEnd() async {
        await pulse.waitForEnd()
        await keeper.waitForEnd()
        await connection.close()
    }
}

/// What is to be done periodically, on the pulse's thread.
final class LedgerUpkeep: Sendable {
    private let keeper: NodeKeeper
    private let desk: AccountDesk
    private let testimonies: LateTestimonies

    init(keeper: NodeKeeper, desk: AccountDesk, testimonies: LateTestimonies) {
        self.keeper = keeper
        self.desk = desk
        self.testimonies = testimonies
    }

    /// Says what is known too late, writes down how far the accounts of this node have come where no settlement has done it along, and leaves
    /// slots to others if the node is drained.
    func run(_ session: PostgresSession) throws(PostgresFailure) {
        try testimonies.say(session, at: .now)
        try saveCursors(session)
        try releaseSlots(session)
    }

    /// A node that is drained leaves its slots to others. One that has something to append still takes a slot for it, and loses it here.
    private func releaseSlots(_ session: PostgresSession) throws(PostgresFailure) {
        guard keeper.isDraining, let node = keeper.node else { return }
        _ = try session.run(.releaseSlots, [.int8(node)])
    }

    /// Writes down how far the accounts of this node have come.
    func saveCursors(_ session: PostgresSession) throws(PostgresFailure) {
        for work in desk.works {
            if work.progress.withLock({ $0.doubtsClaims }) { work.rescheduled() }
            let cursors = work.progress.withLock { $0.movedCursors() }
            guard !cursors.isEmpty else { continue }
            let moved: [Parameter] = [.int2s(cursors.map(\.slot)), .int8s(cursors.map(\.place))]
            if try session.run(.saveCursors, work.fence + moved).isEmpty {
                work.signal.set(.lost)
            } else {
                work.progress.withLock { $0.saved(cursors, at: .now) }
            }
        }
    }
}
