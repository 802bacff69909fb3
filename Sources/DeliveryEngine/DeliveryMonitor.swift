package import Events
import Synchronization

/// The pipelines' latest states, for readiness, `GET /v1/providers` and metrics.
package final class DeliveryMonitor: Sendable {
    private let snapshots = Mutex<[ProviderName: PipelineMachine.Snapshot]>([:])

    /// Starts without a pipeline.
    package init() {}

    /// The latest state of every provider that has a pipeline.
    package var current: [ProviderName: PipelineMachine.Snapshot] {
        snapshots.withLock { $0 }
    }

    /// Records a pipeline's state; nil when it has ended.
    func update(_ provider: ProviderName, _ snapshot: PipelineMachine.Snapshot?) {
        snapshots.withLock { $0[provider] = snapshot }
    }
}
