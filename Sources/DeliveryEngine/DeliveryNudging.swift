package import Events
import Synchronization

/// Tells pipelines that deliveries were made due behind their backs, by a person.
package protocol DeliveryNudging: Sendable {
    /// Lets the pipeline of a provider look for due deliveries now; all pipelines if `provider` is nil.
    func nudge(_ provider: ProviderName?)
}

/// The bells of the pipelines that run.
package final class PipelineBells: DeliveryNudging {
    private let bells = Mutex<[ProviderName: @Sendable () -> Void]>([:])
    /// Rings with every bell.
    private let backfills = Mutex<(@Sendable () -> Void)?>(nil)

    /// Has no bell yet.
    package init() {}

    /// Rings the bell of a provider's pipeline; all bells if `provider` is nil.
    package func nudge(_ provider: ProviderName?) {
        let ringing = bells.withLock { bells in
            provider.map { name in bells[name].map { [$0] } ?? [] } ?? Array(bells.values)
        }
        for ring in ringing { ring() }
        backfills.withLock { $0 }?()
    }

    /// Sets the bell of those who deliver what backfills take, at whatever provider; nil takes it down.
    func setBackfills(_ ring: (@Sendable () -> Void)?) {
        backfills.withLock { $0 = ring }
    }

    /// Puts up the bell of a pipeline that starts; nil takes it down.
    func set(_ ring: (@Sendable () -> Void)?, for provider: ProviderName) {
        bells.withLock { $0[provider] = ring }
    }
}
