package import Events
package import Journal
import Synchronization

/// An operator's order to a provider's pipeline.
package enum OperatorOrder: Sendable, Equatable {
    /// Send nothing before the hold's end.
    case hold(OperatorHold)
    /// Call the provider now, despite any hold or delay.
    case resume
}

/// Passes operators' orders to running pipelines. Each order is already in the journal, for a pipeline that starts later.
package protocol ProviderSteering: Sendable {
    /// Passes the order on; does nothing if the provider has no pipeline now.
    func pass(_ order: OperatorOrder, to provider: ProviderName)
}

/// The order channels of the running pipelines.
package final class OperatorOrders: ProviderSteering {
    private let receivers = Mutex<[ProviderName: @Sendable (OperatorOrder) -> Void]>([:])

    /// Starts without a pipeline.
    package init() {}

    /// Passes the order on; does nothing if the provider has no pipeline now.
    package func pass(_ order: OperatorOrder, to provider: ProviderName) {
        let receive = receivers.withLock { $0[provider] }
        receive?(order)
    }

    /// Sets a starting pipeline's order channel; nil when it has ended.
    func set(_ receive: (@Sendable (OperatorOrder) -> Void)?, for provider: ProviderName) {
        receivers.withLock { $0[provider] = receive }
    }
}
