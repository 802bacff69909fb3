import Journal

/// Whether all gateways of a journal work by the same `routes.json`. They differ for a while whenever the file is replaced, so that only a
/// difference that lasts is told.
struct RoutesAgreement: Sendable {
    /// How long gateways may differ before it is told.
    static let patience = Duration.seconds(60)

    private var differSince: ContinuousClock.Instant?

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
