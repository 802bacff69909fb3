/// Hands out tokens of rate limits that several gateways share.
package protocol TokenAllotting: Sendable {
    /// Takes tokens of a limit: what is needed, or nothing; beside it as much of what is wanted as is there.
    ///
    /// A limit that was never asked for is full, and tokens come back evenly. More than the limit has at all are given when it is full, and
    /// are paid for afterwards.
    /// - Returns: nil if it cannot be told now.
    func allot(_ order: TokenOrder) async -> TokenGrant?
}

/// What a gateway asks of a limit that it shares with others.
package struct TokenOrder: Sendable, Equatable {
    /// Whose limit it is.
    package let holder: String
    /// Which of their limits.
    package let what: String
    package let limit: RateLimit
    /// Tokens without which nothing is taken.
    package let needed: Double
    /// Tokens that are taken beside, as far as they are there.
    package let wanted: Double

    package init(of holder: String, _ what: String, limit: RateLimit, needed: Double, wanted: Double = 0) {
        self.holder = holder
        self.what = what
        self.limit = limit
        self.needed = needed
        self.wanted = wanted
    }
}

/// What a gateway was given.
package struct TokenGrant: Sendable, Equatable {
    /// Nothing, or at least what was needed.
    package let tokens: Double
    /// What is left for all gateways.
    package let left: Double

    package init(tokens: Double, left: Double) {
        self.tokens = tokens
        self.left = left
    }
}
