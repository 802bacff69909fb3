import Events
import Journal
import Logging
import Synchronization

/// Writes down how far the accounts of this node are, for the other nodes.
struct ReportWriter: Sendable {
    let parts: StoreParts
    let ledger: LedgerParts
    let states: AccountStates

    private static let interval = Duration.seconds(2)
    /// Reports take at most this part of the time, so that a large backlog does not keep the database busy with counting it.
    private static let share = 10

    /// Goes on until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            let start = ContinuousClock.now
            do throws(PostgresFailure) {
                try await write()
            } catch {
                parts.logger.debug("reports were not written", metadata: ["reason": "\(error.reason)"])
            }
            let pause = max(Self.interval, (ContinuousClock.now - start) * Self.share)
            do { try await Task.sleep(for: pause) } catch { return }
        }
    }

    /// Reports on all accounts that this node has now.
    func write() async throws(PostgresFailure) {
        guard let node = ledger.keeper.node else { return }
        let works = ledger.desk.works.filter { $0.lane == nil && $0.node == node }
        guard !works.isEmpty else { return }
        let figures = try await parts.counts.read { [backlogs = parts.backlogs] (session) throws(PostgresFailure) in
            try works.map { (work) throws(PostgresFailure) in try Figures(of: work.account, backlogs, session) }
        }
        let known = works.map { states.state(of: $0.lease.provider) }
        let parameters: [Parameter] = [
            .int8(node), .int4s(works.map(\.account)), .int8s(works.map(\.lease.epoch)), .int8s(figures.map(\.waiting)),
            .int8s(figures.map(\.oldest)), .bools(known.map(\.isReady)), .texts(known.map(\.detail.storable)),
        ]
        try await ledger.connection.run(.report, parameters)
    }

    /// What waits for an account.
    private struct Figures: Sendable {
        let waiting: Int64
        let oldest: Int64?

        init(of account: Int32, _ backlogs: BacklogCounts, _ session: PostgresSession) throws(PostgresFailure) {
            let retries = try session.run(.readRetries, [.int4(account)]).first
            let untried = try backlogs.untried(of: account, session)
            waiting = untried + (retries?.integer(0) ?? 0)
            let behind = untried > 0 ? try session.run(.readOldestBehind, [.int4(account)]).first : nil
            let retried = retries?.optionalInteger(1).map { SlotNumbers.time(of: $0).milliseconds }
            oldest = [behind?.optionalInteger(0), retried].compactMap(\.self).min()
        }
    }
}

/// What the delivery engine says of the accounts of this node.
final class AccountStates: Sendable {
    private let states = Mutex<[ProviderName: AccountState]>([:])

    func note(_ new: [ProviderName: AccountState]) { states.withLock { $0 = new } }

    /// - Returns: a state that says so while nothing is known.
    func state(of provider: ProviderName) -> AccountState {
        states.withLock { $0[provider] } ?? AccountState(isReady: false, detail: "starting")
    }
}
