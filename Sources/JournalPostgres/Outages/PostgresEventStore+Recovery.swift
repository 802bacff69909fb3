import Events
import Journal
import JournalFormat
import Logging

/// What a node does when the database has lost commits that it had confirmed.
extension PostgresEventStore {
    /// How many events were missing after the database had confirmed them, since the store was opened.
    package var lostEvents: Int { parts.identity.tail.lostEvents }

    /// Gives up whatever rests on lost commits: names, leases, and the certainty that an intent was written.
    func recover(_ lost: [AcceptedEvent], _ session: PostgresSession) {
        parts.names.forget()
        parts.cache.remove(firstIn: 0...Int64.max)
        parts.logger.critical(
            "the database has lost commits that it had confirmed; their events are appended again",
            metadata: ["events": "\(lost.count)"]
        )
        let doubtful = ledger.desk.works.filter(\.hasIntended)
        do throws(PostgresFailure) {
            for work in doubtful { try hold(work, session) }
            if let node = ledger.keeper.node {
                ledger.desk.buried(node)
                _ = try session.run(.leave, [.int8(node)])
                for statement in Statement.freeWhatTheBuriedHeld { _ = try session.run(statement, []) }
            }
        } catch {
            parts.logger.error(
                "the leases could not be released after a loss of commits",
                metadata: ["reason": "\(error.reason)"]
            )
        }
        ledger.keeper.beatNow()
        self.lost.add(lost)
    }

    /// A vendor that does not recognize repeats is not called until a person has compared it: intents may be lost as well.
    private func hold(_ work: AccountWork, _ session: PostgresSession) throws(PostgresFailure) {
        let now = parts.clock.now
        let until = now + Self.longHold
        let by = "the gateway, because the database lost commits"
        // By its name: its number may be lost.
        _ = try session.run(.addAccounts, [.texts([work.lease.provider.rawValue])])
        _ = try session.run(
            .holdLostAccount,
            [.text(work.lease.provider.rawValue), .int8(until.milliseconds), .text(by), .int8(now.milliseconds)]
        )
        parts.logger.critical(
            "deliveries to a provider are on hold: compare it with the journal, then resume it",
            metadata: ["provider": "\(work.lease.provider)"]
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
