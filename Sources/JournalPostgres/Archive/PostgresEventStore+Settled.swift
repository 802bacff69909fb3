package import Events
package import Journal

extension PostgresEventStore: SettlementReading {
    package func settled(among deliveries: [SequenceNumber: Set<ProviderName>]) async throws(StoreError)
        -> [SequenceNumber: Set<ProviderName>]
    {
        var known: [ProviderName: Int32] = [:]
        for provider in Set(deliveries.values.joined()) { known[provider] = try await knownAccount(of: provider) }
        let accounts = known
        let sequences = deliveries.keys.map(\.rawValue)
        return try await readPoint { (session) throws(PostgresFailure) in
            let outcomes = try DeliveryOutcomes(of: sequences, at: Set(accounts.values), session)
            return deliveries.reduce(into: [:]) { settled, delivery in
                let providers = delivery.value.filter { provider in
                    accounts[provider].flatMap { outcomes.status(delivery.key.rawValue, $0) }?.isFinal ?? false
                }
                if !providers.isEmpty { settled[delivery.key] = providers }
            }
        }
    }
}

extension DeliveryStatus {
    /// Whether nothing more happens without an operator.
    fileprivate var isFinal: Bool {
        switch self {
        case .pending, .retrying: false
        case .delivered, .rejected, .uncertain, .skipped, .discarded: true
        }
    }
}
