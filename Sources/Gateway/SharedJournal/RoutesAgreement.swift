import DeliveryEngine
import Journal

/// Whether all gateways of a journal work by the same `routes.json`. They differ for a while whenever the file is replaced, so that only a
/// difference that lasts is told.
struct RoutesAgreement: Sendable {
    /// How long gateways may differ before it is told: twice as long as each may work on a request by routes that were replaced.
    static let patience = Duration.seconds(120)

    private var differSince: ContinuousClock.Instant?
    /// What was found last.
    private var differing: [String] = []

    /// By which routes the others accept events.
    /// - Parameter digest: of this gateway's active routes, which might not be in the list yet.
    static func elsewhere(_ gateways: [GatewayNode], routes digest: [UInt8]) -> RoutesElsewhere {
        let others = gateways.filter { !$0.isThisOne }
        if others.isEmpty { return .nobody }
        return others.allSatisfy { $0.routes == digest } ? .same : .different
    }

    /// Called with the list of gateways from time to time.
    /// - Returns: the names of those that have had other routes than this one for longer than that.
    mutating func observe(_ gateways: [GatewayNode], at now: ContinuousClock.Instant) -> [String] {
        guard let own = gateways.first(where: \.isThisOne) else { return [] }
        // By which routes one works that changes them shows when it is done.
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
