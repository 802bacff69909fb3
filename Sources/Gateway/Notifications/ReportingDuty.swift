import DeliveryEngine
import Events
import Journal

/// Which gateway of a journal tells people what, so that each thing is told by one: of a provider the one that delivers to it, and of all
/// else the one that started first.
struct ReportingDuty: Sendable {
    private let shared: SharedJournal.View?
    private let delivering: Set<ProviderName>

    /// - Parameters:
    ///   - shared: what is known of the gateways; nil if the journal is this one's alone.
    ///   - delivering: to which this gateway delivers.
    init(_ shared: SharedJournal.View?, delivering: Set<ProviderName>) {
        self.shared = shared
        self.delivering = delivering
    }

    /// Whether this gateway tells what belongs to no provider. Numbers rise from start to start.
    var isFirst: Bool {
        guard let shared else { return true }
        let first = shared.gateways.filter { !$0.isDraining }.min { $0.number < $1.number }
        return first?.isThisOne ?? false
    }

    /// Whether another gateway tells of a provider.
    func isElsewhere(_ provider: ProviderName) -> Bool {
        guard let shared, !delivering.contains(provider) else { return false }
        guard let owner = shared.reports[provider]?.gateway else { return !isFirst }
        return owner != shared.gateways.first(where: \.isThisOne)?.number
    }
}
