package import Events

/// What is watched of a provider without anybody asking for it.
package enum WatchKind: String, Sendable, CaseIterable {
    /// Delivered events that are read back.
    case verify
    /// Test events.
    case canary
}

/// Keeps how far watching a provider is, so that it continues after a restart, and at another gateway, where it was.
package protocol WatchKeeping: Sendable {
    /// What was saved last; nil if nothing was.
    func watchState(_ kind: WatchKind, of provider: ProviderName) async throws(ParityError) -> [UInt8]?

    /// All that was saved of a kind.
    func watchStates(_ kind: WatchKind) async throws(ParityError) -> [ProviderName: [UInt8]]

    /// Saves how far it is, in the place of what was saved before. When it returns, other gateways see it.
    func save(_ state: [UInt8], _ kind: WatchKind, of provider: ProviderName) async throws(ParityError)
}

/// All that was saved of watching providers at one time, and which losses were accepted by then.
package struct WatchSnapshot: Sendable {
    package var verify: [ProviderName: [UInt8]]
    package var canary: [ProviderName: [UInt8]]
    package var acceptances: [Acceptance]

    package init(
        verify: [ProviderName: [UInt8]] = [:],
        canary: [ProviderName: [UInt8]] = [:],
        acceptances: [Acceptance] = []
    ) {
        self.verify = verify
        self.canary = canary
        self.acceptances = acceptances
    }
}

/// Tells what watching has found.
package protocol WatchReading: Sendable {
    /// What is known of each provider that is watched. A provider that is not has none.
    func reports() async throws(ParityError) -> [ProviderName: WatchReport]
}

/// What watching one provider has found, by this gateway or another.
package struct WatchReport: Sendable, Equatable {
    /// Nil if no delivered event is read back.
    package var verify: VerifyReport?
    /// Nil if no canary is sent.
    package var canary: CanaryReport?

    package init(verify: VerifyReport? = nil, canary: CanaryReport? = nil) {
        self.verify = verify
        self.canary = canary
    }
}
