import Synchronization

/// How many bytes of request bodies are in memory, over all connections.
///
/// An eighth is reserved for small bodies, so that a few clients with large ones do not keep all others from writing.
final class BodyBudget: Sendable {
    /// For all bodies together; a single body is taken even if it is larger.
    let limitBytes: Int
    /// Maximum size of a small body.
    static let smallBytes = 16 << 10
    private let used = Atomic(0)

    init(limitBytes: Int) {
        self.limitBytes = limitBytes
    }

    /// How many bytes are in use.
    var usedBytes: Int { used.load(ordering: .relaxed) }

    /// Takes bytes if enough are left; they must be returned later.
    /// - Parameter earlier: how many bytes the same body has already taken.
    func take(_ bytes: Int, after earlier: Int = 0) -> Bool {
        let isSmall = bytes <= Self.smallBytes - min(earlier, Self.smallBytes)
        let limit = isSmall ? limitBytes : limitBytes - limitBytes / 8
        let (before, after) = used.add(bytes, ordering: .relaxed)
        guard after > limit, bytes > 0 else { return true }
        // A single body always fits, however small the budget is.
        if before == 0 { return true }
        used.subtract(bytes, ordering: .relaxed)
        return false
    }

    /// Returns bytes that were taken.
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

    /// Takes bytes if enough are left.
    func take(_ bytes: Int) -> Bool {
        guard budget.take(bytes, after: taken.load(ordering: .relaxed)) else { return false }
        taken.add(bytes, ordering: .relaxed)
        return true
    }
}
