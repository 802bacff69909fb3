package import Events
import Synchronization

/// Tells pipelines that a person has made deliveries due, which they cannot know.
package protocol DeliveryNudging: Sendable {
    /// Makes the pipeline of a provider look for due deliveries now; all pipelines if `provider` is nil.
    func nudge(_ provider: ProviderName?)
}

/// The bells of the running pipelines.
package final class PipelineBells: DeliveryNudging {
    private let bells = Mutex<[ProviderName: @Sendable () -> Void]>([:])
    /// Rings whenever any bell rings.
    private let backfills = Mutex<(@Sendable () -> Void)?>(nil)

    /// Starts without bells.
    package init() {}

    /// Rings the bell of a provider's pipeline; all bells if `provider` is nil.
    package func nudge(_ provider: ProviderName?) {
        let ringing = bells.withLock { bells in
            provider.map { name in bells[name].map { [$0] } ?? [] } ?? Array(bells.values)
        }
        for ring in ringing { ring() }
        backfills.withLock { $0 }?()
    }

    /// Sets the bell for the pipelines of backfills, at any provider; nil removes it.
    func setBackfills(_ ring: (@Sendable () -> Void)?) {
        backfills.withLock { $0 = ring }
    }

    /// Sets the bell of a pipeline that starts; nil removes it.
    func set(_ ring: (@Sendable () -> Void)?, for provider: ProviderName) {
        bells.withLock { $0[provider] = ring }
    }
}
