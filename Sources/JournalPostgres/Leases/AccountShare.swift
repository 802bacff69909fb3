/// Which accounts a node takes and which it lets go, so that all nodes have about as many.
///
/// A node takes free accounts up to its share at once, and any that nobody has taken for a second. What it holds beyond its share it lets
/// go, one at a time. An account that comes back, since no other node delivers to it, stays for a while.
///
/// The account of a lane goes where its provider's account is: the two share one vendor's rate limit.
struct AccountShare: Sendable {
    /// An account as the database has it.
    struct Account: Sendable, Equatable {
        enum Holder: Sendable, Equatable {
            case nobody
            case me
            case other
        }

        let number: Int32
        let holder: Holder
        /// Whether somebody on this node would deliver to it, or does.
        let isWanted: Bool
        /// For the account of a lane: its provider's.
        var provider: Int32?
    }

    /// What is to be done now.
    struct Decision: Sendable, Equatable {
        var take: [Int32] = []
        var letGo: [Int32] = []
    }

    /// How long an account is left to nodes that have less than their share.
    static let patience = Duration.seconds(1)
    /// The time between two accounts that a node lets go.
    static let pause = Duration.seconds(3)
    /// How long an account that has come back stays.
    static let stay = Duration.seconds(60)

    /// How far an account has come that is let go.
    private enum Leaving {
        case asked
        case free
    }

    private var freeSince: [Int32: ContinuousClock.Instant] = [:]
    private var leaving: [Int32: Leaving] = [:]
    private var staysUntil: [Int32: ContinuousClock.Instant] = [:]
    private var lastLetGo: ContinuousClock.Instant?

    /// - Parameters:
    ///   - accounts: all of them.
    ///   - nodes: how many nodes can deliver, this one included.
    ///   - isDraining: whether this node is to give everything up.
    mutating func decide(
        _ accounts: [Account],
        nodes: Int,
        isDraining: Bool = false,
        at now: ContinuousClock.Instant
    ) -> Decision {
        note(accounts, at: now)
        guard !isDraining else {
            return Decision(letGo: accounts.filter { $0.holder == .me }.map(\.number))
        }
        let counted = accounts.filter { $0.provider == nil && ($0.isWanted || $0.holder != .nobody) }
        let nodes = max(1, nodes)
        let share = (counted.count + nodes - 1) / nodes
        let mine = counted.filter { $0.holder == .me }
        var decision = Decision()
        var held = mine.count
        for account in counted where account.holder == .nobody && account.isWanted {
            guard held < share || isOverdue(account, at: now) else { continue }
            decision.take.append(account.number)
            held += 1
        }
        let staying = mine.filter { leaving[$0.number] == nil }
        if staying.count > share, nodes > 1, let account = surplus(staying, at: now) {
            decision.letGo.append(account)
            leaving[account] = .asked
            lastLetGo = now
        }
        decideLanes(among: accounts, nodes: nodes, at: now, &decision)
        return decision
    }

    private func decideLanes(
        among accounts: [Account],
        nodes: Int,
        at now: ContinuousClock.Instant,
        _ decision: inout Decision
    ) {
        let holders = Dictionary(accounts.map { ($0.number, $0.holder) }, uniquingKeysWith: { first, _ in first })
        for lane in accounts {
            guard let provider = lane.provider else { continue }
            switch (lane.holder, holders[provider] ?? .nobody) {
            case (.nobody, .me) where lane.isWanted: decision.take.append(lane.number)
            case (.nobody, .nobody) where lane.isWanted && (nodes == 1 || isOverdue(lane, at: now)):
                decision.take.append(lane.number)
            case (.me, .other): decision.letGo.append(lane.number)
            case (.nobody, _), (.me, _), (.other, _): break
            }
        }
    }

    /// Remembers since when accounts are free, and which ones have come back.
    private mutating func note(_ accounts: [Account], at now: ContinuousClock.Instant) {
        for account in accounts {
            freeSince[account.number] = account.holder == .nobody ? freeSince[account.number] ?? now : nil
            switch (leaving[account.number], account.holder) {
            case (.asked, .nobody): leaving[account.number] = .free
            case (.free, .me):
                leaving[account.number] = nil
                staysUntil[account.number] = now + Self.stay
            case (.asked, .other), (.free, .other): leaving[account.number] = nil
            case (nil, _), (.asked, .me), (.free, .nobody): break
            }
        }
        let known = Set(accounts.map(\.number))
        freeSince = freeSince.filter { known.contains($0.key) }
        leaving = leaving.filter { known.contains($0.key) }
        staysUntil = staysUntil.filter { known.contains($0.key) && $0.value > now }
    }

    private func isOverdue(_ account: Account, at now: ContinuousClock.Instant) -> Bool {
        freeSince[account.number].map { now - $0 >= Self.patience } ?? false
    }

    private func surplus(_ staying: [Account], at now: ContinuousClock.Instant) -> Int32? {
        if let lastLetGo, now - lastLetGo < Self.pause { return nil }
        return staying.last { staysUntil[$0.number] == nil }?.number
    }
}
