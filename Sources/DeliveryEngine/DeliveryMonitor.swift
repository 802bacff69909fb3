package import Events
import Synchronization

/// What the pipelines last said of themselves, for those who look at the whole: readiness, `GET /v1/providers`, metrics.
package final class DeliveryMonitor: Sendable {
    private let snapshots = Mutex<[ProviderName: PipelineMachine.Snapshot]>([:])

    /// Starts without a pipeline.
    package init() {}

    /// The latest state of every provider that has a pipeline.
    package var current: [ProviderName: PipelineMachine.Snapshot] {
        snapshots.withLock { $0 }
    }

    /// Takes down what a pipeline says of itself; nil when it has ended.
    func update(_ provider: ProviderName, _ snapshot: PipelineMachine.Snapshot?) {
        snapshots.withLock { $0[provider] = snapshot }
    }
}
