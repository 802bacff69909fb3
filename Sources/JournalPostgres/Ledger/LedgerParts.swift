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
    let slots: SlotDesk
    /// For what owners write; taking accounts, too.
    let connection: PostgresConnection
    let lanes = LaneBook()
    let testimonies: LateTestimonies
    let upkeep: LedgerUpkeep
    private let housekeeping: Housekeeping
    private let predecessor: Int64?

    init(_ parts: StoreParts) {
        let (settings, logger) = (parts.settings, parts.logger)
        func connection(_ name: String, session: [String: String] = [:]) -> ConnectionSettings {
            settings.connection(name, session: session, identity: parts.identity, reach: parts.reach)
        }
        let lease = LeaseSettings(lease: settings.lease)
        var beating = connection("node", session: ["synchronous_commit": "local"])
        // A silent connection is closed early enough to open another one.
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
        housekeeping = Housekeeping(connection: connection("chores"), logger: logger)
        desk = AccountDesk(keeper: keeper, pulse: pulse)
        testimonies = LateTestimonies(logger: logger)
        self.connection = PostgresConnection(connection("ledger"), count: Self.connections)
        slots = SlotDesk(
            keeper: keeper,
            connection: self.connection,
            patience: settings.outagePatience,
            reach: parts.reach
        )
        upkeep = LedgerUpkeep(keeper: keeper, desk: desk, slots: slots, testimonies: testimonies, logger: logger)
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
        housekeeping.start(upkeep.chores)
        pulse.start { reading in
            guard let reading else { return }
            newest.advance(to: reading.newest)
            desk.observe(reading, at: .now)
        }
    }

    /// Ends every wait and unregisters the node.
    /// - Parameter saysGoodbye: whether others may take at once what the node holds.
    func stop(sayingGoodbye saysGoodbye: Bool) {
        desk.close()
        pulse.stop()
        housekeeping.stop()
        keeper.stop(sayingGoodbye: saysGoodbye)
    }

    /// Returns when all has ended that ``stop(sayingGoodbye:)`` has stopped.
    func waitForEnd() async {
        await pulse.waitForEnd()
        await housekeeping.waitForEnd()
        await keeper.waitForEnd()
        await connection.close()
    }
}
