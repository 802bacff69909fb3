package import Events

/// Tells which deliveries are settled, whichever process delivered them.
package protocol SettlementReading: Sendable {
    /// Those of the given deliveries that are final: nothing more happens to them without an operator.
    func settled(among deliveries: [SequenceNumber: Set<ProviderName>]) async throws(StoreError)
        -> [SequenceNumber: Set<ProviderName>]
}
