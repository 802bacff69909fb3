import DeliveryEngine
import Journal

/// Whether all gateways of a journal work by the same `routes.json`. They differ for a while whenever the file is replaced, so that only a
/// difference that lasts is told.
struct RoutesAgreement: Sendable {
    /// How long gateways may differ before it is told: twice as long as each may work on a request by routes that were replaced.
    static let patience = Duration.seconds(120)

    private var differSince: ContinuousClock.Instant?

    /// By which routes the others accept events.
    /// - Parameter digest: of the routes in force here, which may not be in the list yet.
    static func elsewhere(_ gateways: [GatewayNode], routes digest: [UInt8]) -> RoutesElsewhere {
        let others = gateways.filter { !$0.isThisOne }
        if others.isEmpty { return .nobody }
        return others.allSatisfy { $0.routes == digest } ? .same : .different
    }

    /// Called with the list of gateways from time to time.
    /// - Returns: the names of those that have had other routes than this one for longer than that.
    mutating func observe(_ gateways: [GatewayNode], at now: ContinuousClock.Instant) -> [String] {
        guard let own = gateways.first(where: \.isThisOne) else { return [] }
        let others = gateways.filter { $0.routes != own.routes }
        guard !others.isEmpty else {
            differSince = nil
            return []
        }
        let since = differSince ?? now
        differSince = since
        return now - since >= Self.patience ? others.map(\.name) : []
    }
}
