package import Events

/// How one provider account is served: the vendor's traits with what `routes.json` sets over them.
package struct PipelineSettings: Sendable {
    /// What to do with a delivery whose outcome is unknown at a vendor that does not deduplicate.
    package enum UncertainPolicy: String, Sendable, CaseIterable {
        /// It waits as `uncertain` for a person.
        case hold
        /// It is sent again, and may be counted twice.
        case retry
        /// It is taken for delivered, and may be missing.
        case accept
    }

    package var provider: ProviderName
    package var batch: BatchLimit
    package var oneIdentityOncePerBatch: Bool
    package var deduplication: Deduplication
    package var retry: RetrySchedule
    package var breaker: CircuitBreaker
    /// The most requests in flight at once.
    package var concurrency: Int
    package var rateLimit: RateLimit?
    /// Percent of the rate limit that clients' reads and passed calls may take together.
    package var readsShare: Double
    package var onUncertain: UncertainPolicy
    /// How long a lone event waits for company.
    package var linger: Duration
    /// How long a parked provider rests before it is tried again.
    package var parkedPause: Duration
    /// The longest wait that the vendor may ask for; what it asks for beyond that is cut.
    package var longestWait: Duration

    package init(
        provider: ProviderName,
        batch: BatchLimit,
        oneIdentityOncePerBatch: Bool = false,
        deduplication: Deduplication,
        retry: RetrySchedule = RetrySchedule(),
        breaker: CircuitBreaker = CircuitBreaker(threshold: 5, pause: .seconds(1), longestPause: .seconds(60)),
        concurrency: Int = 8,
        rateLimit: RateLimit? = nil,
        readsShare: Double = 100,
        onUncertain: UncertainPolicy = .hold,
        linger: Duration = .milliseconds(5),
        parkedPause: Duration = .seconds(30),
        longestWait: Duration = .seconds(3600)
    ) {
        precondition(concurrency > 0, "a provider that may never be called never gets anything")
        self.provider = provider
        self.batch = batch
        self.oneIdentityOncePerBatch = oneIdentityOncePerBatch
        self.deduplication = deduplication
        self.retry = retry
        self.breaker = breaker
        self.concurrency = concurrency
        self.rateLimit = rateLimit
        self.readsShare = readsShare
        self.onUncertain = onUncertain
        self.linger = batch.events == 1 ? .zero : linger
        self.parkedPause = parkedPause
        self.longestWait = longestWait
    }

    /// No retry is scheduled later than this. One that waits longer was scheduled by a clock that was ahead, or with other settings.
    package var longestRetry: Duration { max(retry.cap, longestWait + retry.base) }

    /// Whether the intent to send must be durable before the bytes leave.
    package var needsIntent: Bool { deduplication == .none }
}
