import Journal
import Logging
import Synchronization

/// What a node does periodically about accounts and slots, its own and those of nodes that are gone.
final class LedgerUpkeep: Sendable {
    private let keeper: NodeKeeper
    private let desk: AccountDesk
    private let testimonies: LateTestimonies
    private let logger: Logger

    private static let (interval, flightsInterval) = (Duration.seconds(1), Duration.seconds(5))

    init(keeper: NodeKeeper, desk: AccountDesk, testimonies: LateTestimonies, logger: Logger) {
        self.keeper = keeper
        self.desk = desk
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
        ]
    }

    private func bury(_ session: PostgresSession) throws(PostgresFailure) {
        for row in try session.run(.bury, []) {
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
}
