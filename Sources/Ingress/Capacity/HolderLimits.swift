/// Counts resources with a limit per holder and a total limit.
struct HolderLimits<Holder: Hashable & Sendable>: Sendable {
    /// Which limit is reached.
    enum LimitReached: Error, Equatable {
        case holderHasAll
        case allTaken
    }

    /// For all holders together.
    let limit: Int
    let perHolder: Int
    private(set) var count = 0
    /// Holders with none are not kept.
    private var held: [Holder: Int] = [:]

    init(limit: Int, perHolder: Int) {
        self.limit = limit
        self.perHolder = perHolder
    }

    /// How many the holder has.
    func count(of holder: Holder) -> Int { held[holder] ?? 0 }

    /// Takes one; it must be returned by ``giveBack(of:)``.
    /// - Throws: which limit is reached.
    mutating func take(for holder: Holder) throws(LimitReached) {
        guard count(of: holder) < perHolder else { throw .holderHasAll }
        guard count < limit else { throw .allTaken }
        count += 1
        held[holder, default: 0] += 1
    }

    /// Returns one that was taken.
    mutating func giveBack(of holder: Holder) {
        guard let own = held[holder] else { return }
        count -= 1
        held[holder] = own > 1 ? own - 1 : nil
    }
}
