import DeliveryEngine
import Journal

/// Whether all gateways of a journal use the same `routes.json`. They differ for a while whenever the file is replaced, so only a lasting
/// difference is reported.
struct RoutesAgreement: Sendable {
    /// How long gateways may differ before it is reported: twice as long as a gateway may work on a request with replaced routes.
    static let patience = Duration.seconds(120)

    private var differSince: ContinuousClock.Instant?
    /// The differing gateways at the last check.
    private var differing: [String] = []

    /// The routes by which the others accept events.
    /// - Parameter digest: of this gateway's active routes, which might not be in the list yet.
    static func elsewhere(_ gateways: [GatewayNode], routes digest: [UInt8]) -> RoutesElsewhere {
        let others = gateways.filter { !$0.isThisOne }
        if others.isEmpty { return .nobody }
        return others.allSatisfy { $0.routes == digest } ? .same : .different
    }

    /// Called with the list of gateways from time to time.
    /// - Returns: the names of those that have had other routes than this one for longer than ``patience``.
    mutating func observe(_ gateways: [GatewayNode], at now: ContinuousClock.Instant) -> [String] {
        guard let own = gateways.first(where: \.isThisOne) else { return [] }
        // The routes of a gateway that is changing them are known when the change is complete.
        let isChanging = gateways.contains { $0.routes == GatewayNode.changingRoutes }
        if own.routes == GatewayNode.changingRoutes { return differing }
        let others = gateways.filter { $0.routes != own.routes && $0.routes != GatewayNode.changingRoutes }
        if others.isEmpty {
            guard !isChanging else { return differing }
            differSince = nil
            differing = []
        } else {
            let since = differSince ?? now
            differSince = since
            differing = now - since >= Self.patience ? others.map(\.name) : []
        }
        return differing
    }
}
