/// Hands out tokens of rate limits that several gateways share.
package protocol TokenAllotting: Sendable {
    /// Takes tokens of a limit: all that are needed, or none; in addition as many of those wanted as are available.
    ///
    /// A limit that is used for the first time is full, and tokens come back evenly. An order that exceeds the whole limit is granted
    /// when it is full, and paid off afterwards.
    /// - Returns: nil if the limit cannot be reached now.
    func allot(_ order: TokenOrder) async -> TokenGrant?
}

/// A gateway's order for tokens of a limit that it shares with others.
package struct TokenOrder: Sendable, Equatable {
    /// The owner of the limit.
    package let holder: String
    /// Which of the owner's limits.
    package let what: String
    package let limit: RateLimit
    /// If these tokens are not available, nothing is taken.
    package let needed: Double
    /// Tokens that are taken in addition, as far as they are available.
    package let wanted: Double

    package init(of holder: String, _ what: String, limit: RateLimit, needed: Double, wanted: Double = 0) {
        self.holder = holder
        self.what = what
        self.limit = limit
        self.needed = needed
        self.wanted = wanted
    }
}

/// The answer to a ``TokenOrder``.
package struct TokenGrant: Sendable, Equatable {
    /// Zero, or at least what was needed.
    package let tokens: Double
    /// What is left for all gateways.
    package let left: Double

    package init(tokens: Double, left: Double) {
        self.tokens = tokens
        self.left = left
    }
}
