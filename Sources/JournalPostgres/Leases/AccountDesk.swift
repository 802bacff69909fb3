import Events
import Journal
import Synchronization

/// Who on this node waits for which account, and what is held.
///
/// It decides with ``AccountShare`` from what the pulse finds; whoever is let in takes the account itself.
final class AccountDesk: Sendable {
    fileprivate struct State {
        var works = HeldWorks()
        /// What was begun and has not ended, and what has ended lately.
        var recent: [AccountWork] = []
        var waiting: [Int32: [Int: CheckedContinuation<Void, Never>]] = [:]
        /// How many are taking an account: they wait for it, or read how far it has come.
        var taking: [Int32: Int] = [:]
        var cancelled: Set<Int> = []
        var nextTicket = 0
        var share = AccountShare()
        var nudges: [Int32: Int64] = [:]
        /// The epoch in which this node has left an account, and since when nobody else had it.
        var left: [Int32: (epoch: Int64, ownSince: JournalPosition)] = [:]
        var isClosed = false
    }

    private let keeper: NodeKeeper
    private let pulse: JournalPulse
    /// An element after each look that has found changed rows of an account of this node.
    let changes: AsyncStream<Void>
    private let changed: AsyncStream<Void>.Continuation
    fileprivate let state = Mutex(State())

    init(keeper: NodeKeeper, pulse: JournalPulse) {
        self.keeper = keeper
        self.pulse = pulse
        (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: What is held

    /// The work under a lease.
    /// - Throws: ``StoreError/leaseLost`` if the lease has ended.
    func work(under lease: AccountLease) throws(StoreError) -> AccountWork {
        let work = state.withLock { $0.works[lease] }
        guard let work, !work.signal.isLost else { throw .leaseLost }
        return work
    }

    /// The same, also if the lease has been lost not long ago: what is said under it then is refused, but may be of use.
    func recentWork(under lease: AccountLease) throws(StoreError) -> AccountWork {
        guard let work = state.withLock({ $0.recent.last { $0.lease == lease } }) else { throw .leaseLost }
        return work
    }

    /// How many are remembered that have ended.
    private static let recentLimit = 256

    /// What this node does for an account; nil if it does not hold it.
    func work(for account: Int32) -> AccountWork? {
        state.withLock { state in state.works[account].flatMap { $0.signal.isLost ? nil : $0 } }
    }

    /// All that this node holds.
    var works: [AccountWork] { state.withLock { $0.works.all.filter { !$0.signal.isLost } } }

    /// What was begun and has not ended, and what has ended lately.
    var recentWorks: [AccountWork] { state.withLock { $0.recent } }

    /// Those of these accounts that nobody works on here, or is taking.
    func unused(among accounts: [Int32: Int64]) -> [Int32: Int64] {
        state.withLock { state in accounts.filter { state.works[$0.key] == nil && state.taking[$0.key] == nil } }
    }

    /// Takes an account, which is in use until the body returns, however long the database takes.
    func taking<Value>(_ account: Int32, _ body: () async throws(StoreError) -> Value) async throws(StoreError)
        -> Value
    {
        state.withLock { $0.taking[account, default: 0] += 1 }
        defer {
            state.withLock { state in
                let others = (state.taking[account] ?? 1) - 1
                state.taking[account] = others > 0 ? others : nil
            }
        }
        return try await body()
    }

    /// Since when nobody but this node can have sent events of an account; nil if somebody else had it before this epoch.
    func ownSince(_ account: Int32, epoch: Int64) -> JournalPosition? {
        // Nobody has had it before the first epoch.
        if epoch == 1 { return .start }
        return state.withLock { state in state.left[account].flatMap { $0.epoch + 1 == epoch ? $0.ownSince : nil } }
    }

    /// Begins the work under a new lease; the one before ends.
    func begin(_ work: AccountWork) {
        let (old, isClosed) = state.withLock { state -> (AccountWork?, Bool) in
            if let known = state.works[work.account], known.lease.epoch > work.lease.epoch {
                return (work, state.isClosed)
            }
            state.left[work.account] = (work.lease.epoch, work.ownSince)
            state.remember(work, endedLimit: Self.recentLimit)
            let old = state.works[work.account]
            state.works[work.account] = work
            return (old, state.isClosed)
        }
        old?.signal.set(.lost)
        if isClosed { work.signal.set(.unwatched) }
    }

    /// Ends the work under a lease.
    /// - Parameter wasGivenBack: whether everything that was sent under it has an outcome or is in flight by the books.
    func end(_ work: AccountWork, wasGivenBack: Bool) {
        work.signal.set(.lost)
        state.withLock { state in
            if state.left[work.account]?.epoch == work.lease.epoch {
                state.left[work.account] = wasGivenBack ? (work.lease.epoch + 1, work.ownSince) : nil
            }
            if state.works[work.account] === work { state.works[work.account] = nil }
        }
        pulse.poke()
    }

    // MARK: Waiting

    /// Waits until this node may take the account.
    /// - Throws: ``StoreError/closed`` when the store closes or the task is cancelled.
    func waitForTurn(at account: Int32) async throws(StoreError) {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        pulse.poke()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isClosed || state.cancelled.remove(ticket) != nil { return true }
                    state.waiting[account, default: [:]][ticket] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiting = state.withLock { state in
                let continuation = state.waiting[account]?.removeValue(forKey: ticket)
                if continuation == nil { state.cancelled.insert(ticket) }
                return continuation
            }
            waiting?.resume()
        }
        let isClosed = state.withLock { state in
            state.cancelled.remove(ticket)
            return state.isClosed
        }
        if isClosed || Task.isCancelled { throw .closed }
    }

    /// Ends every wait; nothing is taken any more.
    func close() {
        let (waiting, works) = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [:] }
            return (state.waiting.values.flatMap(\.values), Array(state.works.all))
        }
        changed.finish()
        for continuation in waiting { continuation.resume() }
        for work in works { work.signal.set(.unwatched) }
    }

    // MARK: What others do

    /// Others have buried this node: nothing is held any more.
    func buried(_ node: Int64) {
        let works = state.withLock { state in
            let lost = state.works.all.filter { $0.node == node }
            for work in lost {
                state.works[work.account] = nil
                state.left[work.account] = nil
            }
            return lost
        }
        for work in works { work.signal.set(.lost) }
    }

    /// Acts on what the pulse has found.
    func observe(_ reading: JournalPulse.State, at now: ContinuousClock.Instant) {
        guard let node = keeper.node else { return }
        let isDraining = keeper.isDraining
        var (lost, wanted, nudged): ([AccountWork], [AccountWork], [AccountWork]) = ([], [], [])
        var admitted: [CheckedContinuation<Void, Never>] = []
        state.withLock { state in
            lost = state.takeLost(reading.holders)
            nudged = state.takeNudged(reading.holders)
            let accounts = reading.holders.map { state.account($0, node: node) }
            let decision = state.share.decide(accounts, nodes: reading.nodes, isDraining: isDraining, at: now)
            for account in decision.take + state.unattended(reading.holders, node: node) {
                admitted += state.waiting.removeValue(forKey: account)?.values ?? [:].values
            }
            wanted = decision.letGo.compactMap { state.works[$0] }
        }
        for work in lost { work.signal.set(.lost) }
        for work in nudged { work.rescheduled() }
        if !nudged.isEmpty { changed.yield() }
        for work in wanted { work.signal.set(.wanted) }
        for continuation in admitted { continuation.resume() }
    }
}

extension AccountDesk.State {
    /// Adds a work to those that are found by their leases. What has not ended stays there, however many others are begun: its outcomes are
    /// written for as long as it is held.
    fileprivate mutating func remember(_ work: AccountWork, endedLimit: Int) {
        var excess = recent.count { $0.signal.isLost } - endedLimit
        recent = recent.filter { known in
            guard excess > 0, known.signal.isLost else { return true }
            excess -= 1
            return false
        }
        recent.append(work)
    }

    /// The accounts that others have taken. A reading may be older than what is held.
    fileprivate mutating func takeLost(_ holders: [JournalPulse.Holder]) -> [AccountWork] {
        var lost: [AccountWork] = []
        for holder in holders {
            guard let work = works[holder.account], holder.epoch >= work.lease.epoch,
                holder.epoch > work.lease.epoch || holder.node != work.node
            else { continue }
            works[holder.account] = nil
            left[holder.account] = nil
            lost.append(work)
        }
        return lost
    }

    fileprivate mutating func takeNudged(_ holders: [JournalPulse.Holder]) -> [AccountWork] {
        holders.compactMap { holder in
            guard nudges.updateValue(holder.nudge, forKey: holder.account) != holder.nudge else { return nil }
            return works[holder.account]
        }
    }

    /// An account as this node sees it. What it holds it knows better than the pulse, which may have looked before.
    fileprivate func account(_ holder: JournalPulse.Holder, node: Int64) -> AccountShare.Account {
        let isMine = works[holder.account] != nil
        let isOthers = holder.node != nil && holder.node != node
        return AccountShare.Account(
            number: holder.account,
            holder: isMine ? .me : isOthers ? .other : .nobody,
            isWanted: isMine || waiting[holder.account]?.isEmpty == false,
            provider: holder.provider
        )
    }

    /// Accounts that are this node's in the database, though nobody works on them: whoever waits for one takes it.
    fileprivate func unattended(_ holders: [JournalPulse.Holder], node: Int64) -> [Int32] {
        holders.filter { $0.node == node && works[$0.account] == nil }.map(\.account)
    }
}
