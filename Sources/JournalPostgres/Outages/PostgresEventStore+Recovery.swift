import Events
import Journal
import JournalFormat
import Logging
import Synchronization

/// What a node does when the database has lost commits that it had confirmed, or may have.
extension PostgresEventStore: LossHandling {
    /// How many events were missing after the database had confirmed them, since the store was opened.
    package var lostEvents: Int { parts.identity.tail.lostEvents }

    var holdings: NodeHoldings {
        let works = ledger.desk.recentWorks.filter { !$0.isWrittenOff }
        return NodeHoldings(
            nodes: Set(ledger.desk.works.map(\.node) + [ledger.keeper.node].compactMap(\.self)),
            accounts: works.map { work in
                NodeHoldings.Account(
                    provider: work.lease.provider,
                    epoch: work.lease.epoch,
                    isHeld: !work.signal.isLost,
                    flight: work.progress.withLock { $0.confirmedFlight },
                    hasIntended: work.hasIntended
                )
            }
        )
    }

    /// Ends the leases first: nothing that is known of deliveries is certain.
    func giveUp(_ loss: CommitLoss) {
        for node in loss.nodes { ledger.desk.buried(node) }
        // What was written under leases that have ended is missed once.
        for work in ledger.desk.recentWorks where work.signal.isLost { work.writeOff() }
        parts.cache.remove(firstIn: 0...Int64.max)
        parts.eventCounts.forget()
        parts.backlogs.forget()
        if loss.isCertain {
            parts.names.forget()
            parts.logger.critical(
                "the database has lost commits that it had confirmed; their events are appended again",
                metadata: ["events": "\(loss.events.count)"]
            )
        } else {
            parts.logger.warning("the database was restored, or has failed over; all leases are taken anew")
        }
        if !loss.events.isEmpty { lost.add(loss.events) }
    }

    func write(_ recovery: LossRecovery, _ session: PostgresSession) throws(PostgresFailure) {
        do throws(PostgresFailure) {
            try parts.names.verify(session)
            for provider in recovery.held.sorted() { try hold(provider, session) }
            for node in recovery.nodes { _ = try session.run(.leave, [.int8(node)]) }
            for statement in Statement.freeWhatTheBuriedHeld { _ = try session.run(statement, []) }
        } catch {
            parts.logger.error(
                "the database may have lost commits, and what follows could not be written; trying again",
                metadata: ["reason": "\(error.reason)"]
            )
            throw error
        }
        ledger.keeper.beatNow()
    }

    /// A vendor that does not recognize repeats is not called until a person has compared it: intents may be lost as well.
    private func hold(_ provider: ProviderName, _ session: PostgresSession) throws(PostgresFailure) {
        let now = parts.clock.now
        let until = now + Self.longHold
        let by = "the gateway, because the database lost commits"
        // By its name: its number may be lost.
        _ = try session.run(.addAccounts, [.texts([provider.rawValue])])
        _ = try session.run(
            .holdLostAccount,
            [.text(provider.rawValue), .int8(until.milliseconds), .text(by), .int8(now.milliseconds)]
        )
        parts.logger.critical(
            "deliveries to a provider are on hold: compare it with the journal, then resume it",
            metadata: ["provider": "\(provider)"]
        )
    }

    /// Ten years: until an operator ends it.
    private static let longHold = Duration.seconds(3653 * 86_400)

    /// Appends lost events again until the store closes. Those that a client has repeated meanwhile are found.
    package func restoreLostEvents() async {
        await lost.forEach { events in
            var rest = events[...]
            while !rest.isEmpty, !Task.isCancelled {
                let piece = Array(rest.prefix(Self.restoredAtOnce))
                do throws(StoreError) {
                    _ = try await append(AppendRequest(events: piece, policy: .each))
                    rest = rest.dropFirst(piece.count)
                } catch {
                    if error == .closed { return }
                    await Pause.wait(.milliseconds(200))
                }
            }
            parts.logger.notice("lost events were appended again", metadata: ["events": "\(events.count)"])
        }
    }

    private static let restoredAtOnce = 1000
}
