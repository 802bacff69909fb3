import Parity
import Routing

extension ProviderConfiguration {
    /// By which its canaries are known at the vendor; nil if none are sent.
    var canaryMark: CanaryMark? { canary.map { CanaryMark(name: $0.name, customerID: $0.customerID) } }
}
