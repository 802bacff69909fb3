package import Events

/// Tells which deliveries are settled, whichever process has delivered them.
package protocol SettlementReading: Sendable {
    /// Those of these deliveries after which nothing more happens without an operator.
    func settled(among deliveries: [SequenceNumber: Set<ProviderName>]) async throws(StoreError)
        -> [SequenceNumber: Set<ProviderName>]
}
