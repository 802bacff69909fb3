import Events
package import Routing

extension PipelineSettings {
    /// How a provider of `routes.json` is served.
    package init(_ provider: ProviderConfiguration) {
        self.init(
            provider: provider.name,
            batch: provider.batch,
            oneIdentityOncePerBatch: provider.traits.oneIdentityOncePerBatch,
            deduplication: provider.traits.deduplication,
            retry: RetrySchedule(
                base: provider.retry.base,
                cap: provider.retry.cap,
                giveUpAfter: provider.retry.giveUpAfter
            ),
            breaker: CircuitBreaker(
                threshold: provider.breaker.failures,
                pause: provider.breaker.pause,
                longestPause: max(provider.breaker.pause, .seconds(60))
            ),
            concurrency: provider.concurrency,
            rateLimit: provider.rateLimit,
            readsShare: provider.readsShare,
            onUncertain: UncertainPolicy(provider.onUncertain),
            parkedPause: provider.breaker.parkedPause,
            longestWait: provider.retry.longestWait
        )
    }
}

extension PipelineSettings.UncertainPolicy {
    /// The policy of the file's word.
    init(_ word: ProviderConfiguration.OnUncertain) {
        switch word {
        case .hold: self = .hold
        case .retry: self = .retry
        case .accept: self = .accept
        }
    }
}

extension VendorEndpoint {
    /// Where a provider of `routes.json` is.
    package init(_ provider: ProviderConfiguration) {
        self.init(
            provider: provider.name,
            baseURL: provider.baseURL,
            credential: provider.traits.credential,
            headers: provider.headers.map { (name: $0.name, value: $0.value) },
            timeout: provider.timeout,
            mayRepeat: provider.traits.deduplication != .none
        )
    }
}
