import Synchronization

/// How many bytes of request bodies are in memory, over all connections.
final class BodyBudget: Sendable {
    let limitBytes: Int
    private let used = Atomic(0)

    init(limitBytes: Int) {
        self.limitBytes = limitBytes
    }

    /// How many bytes are taken now.
    var usedBytes: Int { used.load(ordering: .relaxed) }

    /// Takes bytes if there are enough; what was taken must be given back.
    func take(_ bytes: Int) -> Bool {
        let (before, after) = used.add(bytes, ordering: .relaxed)
        guard after > limitBytes, bytes > 0 else { return true }
        // A single body always has room, however small the budget is.
        if before == 0 { return true }
        used.subtract(bytes, ordering: .relaxed)
        return false
    }

    func giveBack(_ bytes: Int) {
        used.subtract(bytes, ordering: .relaxed)
    }
}

/// One request's share of a ``BodyBudget``: returned when it is released.
final class BodyLease: Sendable {
    private let budget: BodyBudget
    private let taken = Atomic(0)

    init(of budget: BodyBudget) {
        self.budget = budget
    }

    deinit {
        budget.giveBack(taken.load(ordering: .relaxed))
    }

    /// Takes bytes if there are enough.
    func take(_ bytes: Int) -> Bool {
        guard budget.take(bytes) else { return false }
        taken.add(bytes, ordering: .relaxed)
        return true
    }
}
