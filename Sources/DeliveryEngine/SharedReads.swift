package import Events
package import Routing

/// Reads of vendors by several gateways, which share the part of a rate limit that the owner of the account leaves for reads.
package struct SharedReads: Sendable {
    private let allotting: any TokenAllotting
    private let routes: CurrentRoutes

    /// The name of this limit among a provider's limits.
    private static let what = "reads"
    /// Reads ask again after at most this time, because other gateways may return tokens.
    private static let longestPause = Duration.seconds(5)

    package init(_ allotting: any TokenAllotting, routes: CurrentRoutes) {
        self.allotting = allotting
        self.routes = routes
    }

    /// The part of a provider's limit that all gateways together have for reads; nil if the provider has no limit.
    private func limit(of provider: ProviderName) -> RateLimit? {
        let configuration = routes.current.routes.providers.first { $0.name == provider }
        return configuration.flatMap { $0.pipeline.sharedReadsLimit }
    }

    /// Waits for a read's turn.
    /// - Parameter patience: how long it waits at most; nil for no limit.
    /// - Returns: whether the turn came within this time; false also when the task is cancelled.
    func admit(to provider: ProviderName, within patience: Duration?) async -> Bool {
        guard let limit = limit(of: provider) else { return !Task.isCancelled }
        let end = patience.map { ContinuousClock.now + $0 }
        while !Task.isCancelled {
            let order = TokenOrder(of: "provider:\(provider)", Self.what, limit: limit, needed: 1)
            // Without an answer reads pass, like those of an account that no gateway delivers to: the vendor itself responds if it is too
            // much.
            guard let grant = await allotting.allot(order), grant.tokens < 1 else { return !Task.isCancelled }
            let pause = min(Self.longestPause, max(.milliseconds(5), limit.per / limit.requests * (1 - grant.left)))
            if let end, ContinuousClock.now + pause > end { return false }
            do { try await Task.sleep(for: pause) } catch { return false }
        }
        return false
    }
}

extension PipelineSettings {
    /// The settings for the owner of an account whose vendor several gateways read: without the part of the rate limit left for reads.
    package var leavingOutReads: PipelineSettings {
        guard let rateLimit else { return self }
        var settings = self
        settings.rateLimit = rateLimit.part(100 - readsShare)
        return settings
    }

    /// The part of the rate limit that several gateways may use for reads. A tenth of it may be used at once, as of the limit itself.
    fileprivate var sharedReadsLimit: RateLimit? {
        guard let part = rateLimit?.part(readsShare) else { return nil }
        let burst = max(1, part.requests / 10)
        let steady = max(1, part.requests - burst)
        return RateLimit(requests: burst, per: part.per / steady * burst)
    }
}
