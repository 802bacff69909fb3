package import Events
package import Journal
import Synchronization

/// What an operator wants of a provider's pipeline.
package enum OperatorOrder: Sendable, Equatable {
    /// Send nothing before the hold's end.
    case hold(OperatorHold)
    /// Call the provider now, whatever hold or wait there is.
    case resume
}

/// Tells a running pipeline what an operator wants. The journal has it already, for a pipeline that starts later.
package protocol ProviderSteering: Sendable {
    /// Passes the order on; does nothing if the provider has no pipeline now.
    func pass(_ order: OperatorOrder, to provider: ProviderName)
}

/// Where the pipelines that run take orders.
package final class OperatorOrders: ProviderSteering {
    private let receivers = Mutex<[ProviderName: @Sendable (OperatorOrder) -> Void]>([:])

    /// Starts without a pipeline.
    package init() {}

    /// Passes the order on; does nothing if the provider has no pipeline now.
    package func pass(_ order: OperatorOrder, to provider: ProviderName) {
        let receive = receivers.withLock { $0[provider] }
        receive?(order)
    }

    /// Sets where a pipeline that starts takes orders; nil when it has ended.
    func set(_ receive: (@Sendable (OperatorOrder) -> Void)?, for provider: ProviderName) {
        receivers.withLock { $0[provider] = receive }
    }
}
