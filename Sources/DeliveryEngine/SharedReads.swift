package import Events
package import Routing

/// Reads of vendors by several gateways: they share the part of a rate limit that the owner of the account leaves out for them.
package struct SharedReads: Sendable {
    private let allotting: any TokenAllotting
    private let routes: CurrentRoutes

    /// Which limit of a provider it is.
    private static let what = "reads"
    /// Reads ask again after this time at the latest, since others may leave tokens that they have asked for.
    private static let longestPause = Duration.seconds(5)

    package init(_ allotting: any TokenAllotting, routes: CurrentRoutes) {
        self.allotting = allotting
        self.routes = routes
    }

    /// The part of a provider's limit that all gateways have for reads; nil if the provider has no limit.
    private func limit(of provider: ProviderName) -> RateLimit? {
        let configuration = routes.current.routes.providers.first { $0.name == provider }
        return configuration.flatMap { $0.pipeline.sharedReadsLimit }
    }

    /// Waits for a read's turn.
    /// - Parameter patience: how long it waits; nil: until its turn has come.
    /// - Returns: whether it came within this time; false also when the task is cancelled.
    func admit(to provider: ProviderName, within patience: Duration?) async -> Bool {
        guard let limit = limit(of: provider) else { return !Task.isCancelled }
        let end = patience.map { ContinuousClock.now + $0 }
        while !Task.isCancelled {
            let order = TokenOrder(of: "provider:\(provider)", Self.what, limit: limit, needed: 1)
            // Without an answer reads pass, as those of an account that no gateway delivers to: the vendor itself says if it is too much.
            guard let grant = await allotting.allot(order), grant.tokens < 1 else { return !Task.isCancelled }
            let pause = min(Self.longestPause, max(.milliseconds(5), limit.per / limit.requests * (1 - grant.left)))
            if let end, ContinuousClock.now + pause > end { return false }
            do { try await Task.sleep(for: pause) } catch { return false }
        }
        return false
    }
}

extension PipelineSettings {
    /// The same for the owner of an account whose vendor several gateways read: what they may take is left out of the rate limit.
    package var leavingOutReads: PipelineSettings {
        guard let rateLimit else { return self }
        var settings = self
        settings.rateLimit = rateLimit.part(100 - readsShare)
        return settings
    }

    /// What several gateways may take of the rate limit for reads. A tenth of it may be taken at once, as of the limit itself.
    fileprivate var sharedReadsLimit: RateLimit? {
        guard let part = rateLimit?.part(readsShare) else { return nil }
        let burst = max(1, part.requests / 10)
        let steady = max(1, part.requests - burst)
        return RateLimit(requests: burst, per: part.per / steady * burst)
    }
}
