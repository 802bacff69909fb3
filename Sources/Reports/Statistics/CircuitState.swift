/// Whether calls to a provider are made, in the order in which a state overrides those before it.
package enum CircuitState: String, Sendable, CaseIterable, Comparable {
    /// Calls are made.
    case closed
    /// One call finds out whether the provider is back.
    case probing
    /// The last calls failed, so calls pause.
    case open
    /// The vendor refuses the credential or the account.
    case parked
    /// An operator holds the provider.
    case held

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    /// The place in the order, from 0 on.
    var rank: Int {
        switch self {
        case .closed: 0
        case .probing: 1
        case .open: 2
        case .parked: 3
        case .held: 4
        }
    }

    /// - Parameter rank: nil is returned for one that no state has.
    init?(rank: Int) {
        guard Self.byRank.indices.contains(rank) else { return nil }
        self = Self.byRank[rank]
    }

    private static let byRank = allCases.sorted()
}
