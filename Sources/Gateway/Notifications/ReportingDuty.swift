import DeliveryEngine
import Events
import Journal

/// Which gateway of a journal reports what, so that each condition is reported once: conditions of a provider by the gateway that
/// delivers to it, all others by the gateway that started first.
struct ReportingDuty: Sendable {
    private let shared: SharedJournal.View?
    private let delivering: Set<ProviderName>

    /// - Parameters:
    ///   - shared: the state of the gateways; nil if the journal belongs to this one alone.
    ///   - delivering: the providers to which this gateway delivers.
    init(_ shared: SharedJournal.View?, delivering: Set<ProviderName>) {
        self.shared = shared
        self.delivering = delivering
    }

    /// Whether this gateway reports what belongs to no provider. Numbers ascend from start to start.
    var isFirst: Bool {
        guard let shared else { return true }
        let first = shared.gateways.filter { !$0.isDraining }.min { $0.number < $1.number }
        return first?.isThisOne ?? false
    }

    /// Whether another gateway reports about a provider.
    func isElsewhere(_ provider: ProviderName) -> Bool {
        guard let shared, !delivering.contains(provider) else { return false }
        guard let owner = shared.reports[provider]?.gateway else { return !isFirst }
        return owner != shared.gateways.first(where: \.isThisOne)?.number
    }
}
