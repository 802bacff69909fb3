import Journal
import Logging
import Synchronization

/// What a node does periodically about accounts and slots, its own and those of nodes that have ended.
final class LedgerUpkeep: Sendable {
    private let keeper: NodeKeeper
    private let desk: AccountDesk
    private let slots: SlotDesk
    private let testimonies: LateTestimonies
    private let logger: Logger

    /// The accounts that nobody used when they were examined last, with their epochs.
    private let unused = Mutex<[Int32: Int64]>([:])
    /// The same of slots.
    private let unusedSlots = Mutex<[Int16: Int64]>([:])

    private static let (interval, flightsInterval) = (Duration.seconds(1), Duration.seconds(5))
    private static let unusedInterval = Duration.seconds(30)

    init(keeper: NodeKeeper, desk: AccountDesk, slots: SlotDesk, testimonies: LateTestimonies, logger: Logger) {
        self.keeper = keeper
        self.desk = desk
        self.slots = slots
        self.testimonies = testimonies
        self.logger = logger
    }

    /// Each by itself: one that fails or waits for a lock keeps no other from being done.
    var chores: [Housekeeping.Chore] {
        let burying = Housekeeping.Chore(name: "taking silent gateways off the list", interval: Self.interval) {
            [self] session throws(PostgresFailure) in try bury(session)
        }
        let freeing = Statement.freeWhatTheBuriedHeld.map { statement in
            Housekeeping.Chore(name: "releasing what silent gateways held", interval: Self.interval) {
                session throws(PostgresFailure) in _ = try session.run(statement, [])
            }
        }
        return [burying] + freeing + [
            Housekeeping.Chore(name: "telling what vendors confirmed late", interval: Self.interval) {
                [testimonies] session throws(PostgresFailure) in try testimonies.say(session, at: .now)
            },
            Housekeeping.Chore(name: "saving how far deliveries have come", interval: Self.interval) {
                [self] session throws(PostgresFailure) in try saveCursors(session)
            },
            Housekeeping.Chore(name: "leaving slots to other gateways", interval: Self.interval) {
                [self] session throws(PostgresFailure) in try releaseSlots(session)
            },
            Housekeeping.Chore(name: "removing old intents", interval: Self.flightsInterval) {
                [self] session throws(PostgresFailure) in try removeOldFlights(session)
            },
            Housekeeping.Chore(name: "releasing accounts that nobody uses", interval: Self.unusedInterval) {
                [self] session throws(PostgresFailure) in try releaseUnused(session)
            },
            Housekeeping.Chore(name: "releasing slots that nobody uses", interval: Self.unusedInterval) {
                [self] session throws(PostgresFailure) in try releaseUnusedSlots(session)
            },
        ]
    }

    private func bury(_ session: PostgresSession) throws(PostgresFailure) {
        for row in try session.run(.bury, [.int8(keeper.node ?? 0)]) {
            logger.warning(
                "a gateway missed its heartbeats: its leases are released",
                metadata: ["node": "\(row.integer(0))", "name": "\(row.text(1))"]
            )
        }
    }

    /// A node that is drained leaves its slots to others. One that has something to append still takes a slot for it, and loses it here.
    private func releaseSlots(_ session: PostgresSession) throws(PostgresFailure) {
        guard keeper.isDraining, let node = keeper.node else { return }
        _ = try session.run(.releaseSlots, [.int8(node)])
    }

    /// Writes down how far the accounts of this node have come, where no settlement has done it along.
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

    /// Only for the accounts of this node, so that the nodes do not all look for the same rows.
    private func removeOldFlights(_ session: PostgresSession) throws(PostgresFailure) {
        for work in desk.works {
            var removal = work.flightRemoval.withLock { $0 }
            defer { work.flightRemoval.withLock { [removal] in $0 = removal } }
            try removal.step(of: work.account, at: .now, session)
        }
    }

    /// Leaves accounts to others that are this node's by the books, and that nobody here has used for an interval: the answer to a taking or
    /// a giving back was lost. Whoever began to take one just now finds out by the fence, and takes it again.
    func releaseUnused(_ session: PostgresSession) throws(PostgresFailure) {
        guard let node = keeper.node else { return }
        var held: [Int32: Int64] = [:]
        for row in try session.run(.readAccountsOfNode, [.int8(node)]) {
            held[Int32(clamping: row.integer(0))] = row.integer(1)
        }
        let found = desk.unused(among: held)
        let before = unused.withLock { known in
            defer { known = found }
            return known
        }
        for (account, epoch) in found where before[account] == epoch {
            let released = try session.run(.releaseAccount, [.int4(account), .int8(epoch), .int8(node)])
            guard let name = released.first?.text(0) else { continue }
            logger.notice("released an account that nobody used", metadata: ["account": "\(name)"])
        }
    }

    /// The same for slots. Whoever is just taking one finds out by the fence, and takes another.
    func releaseUnusedSlots(_ session: PostgresSession) throws(PostgresFailure) {
        guard let node = keeper.node else { return }
        var held: [Int16: Int64] = [:]
        for row in try session.run(.readSlotsOfNode, [.int8(node)]) {
            held[Int16(clamping: row.integer(0))] = row.integer(1)
        }
        let found = slots.unused(among: held)
        let before = unusedSlots.withLock { known in
            defer { known = found }
            return known
        }
        for (slot, epoch) in found where before[slot] == epoch {
            let released = try session.run(.releaseSlot, [.int2(slot), .int8(epoch), .int8(node)])
            guard !released.isEmpty else { continue }
            logger.notice("released a slot that nobody used", metadata: ["slot": "\(slot)"])
        }
    }
}
