package import Events

/// The settings of one provider account's pipeline: the vendor's traits, overridden by `routes.json`.
package struct PipelineSettings: Sendable, Equatable {
    /// What to do with a delivery whose outcome is unknown at a vendor that does not deduplicate. The words are those of `routes.json`.
    package enum UncertainPolicy: String, Sendable, CaseIterable {
        /// It stays `uncertain` until an operator decides.
        case hold
        /// It is sent again, and may be billed twice.
        case retry
        /// It counts as delivered, and may be missing.
        case accept
        /// It stays `uncertain` until it was looked up at the vendor, and is sent again if the vendor does not have it.
        case probe
    }

    package var provider: ProviderName
    package var batch: BatchLimit
    package var deduplication: Deduplication
    package var retry: RetrySchedule
    package var breaker: BreakerSettings
    /// Maximum in-flight requests.
    package var concurrency: Int
    /// nil: as fast as the vendor responds.
    package var rateLimit: RateLimit?
    /// Percent of the rate limit that clients' reads and passed calls may take together.
    package var readsShare = 100.0
    package var onUncertain: UncertainPolicy
    /// How long a single event waits for others, to fill a batch.
    package let linger: Duration

    package init(
        provider: ProviderName,
        batch: BatchLimit,
        deduplication: Deduplication,
        retry: RetrySchedule = .standard,
        breaker: BreakerSettings = .standard,
        concurrency: Int = standardConcurrency,
        rateLimit: RateLimit? = nil,
        onUncertain: UncertainPolicy = standardPolicy
    ) {
        precondition(concurrency > 0, "a provider that may never be called never gets anything")
        self.provider = provider
        self.batch = batch
        self.deduplication = deduplication
        self.retry = retry
        self.breaker = breaker
        self.concurrency = concurrency
        self.rateLimit = rateLimit
        self.onUncertain = onUncertain
        linger = batch.events == 1 ? .zero : .milliseconds(5)
    }

    /// ``concurrency`` where `routes.json` says nothing.
    package static let standardConcurrency = 8
    /// ``readsShare`` where `routes.json` says nothing: less than half, so that deliveries never find the rate limit used up by others.
    package static let standardReadsShare = 30
    /// ``onUncertain`` where `routes.json` says nothing.
    package static let standardPolicy = UncertainPolicy.hold

    /// No retry is scheduled later than this. One that waits longer was scheduled by a clock that was ahead, or with other settings.
    package var longestRetry: Duration { max(retry.cap, retry.longestWait + retry.base) }

    /// How long the vendor recognizes a repeat; nil if forever, or not at all.
    package var memory: Duration? {
        switch deduplication {
        case .none: nil
        case .byIdentity(let memory): memory
        }
    }

    /// Whether the intent to send must be durable before the bytes leave: after a crash, only that tells which events the vendor may have
    /// and does not recognize, now or when its memory has ended.
    package var needsIntent: Bool { deduplication == .none || memory != nil }
}
