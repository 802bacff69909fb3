package import Events

/// Tells a process what others have changed about the accounts that it delivers to: deliveries that people retry, and operators' orders.
package protocol OrderFollowing: Sendable {
    /// Yields at least one element soon after each change. Supports one reader.
    var changes: AsyncStream<Void> { get }

    /// The newest operator's order for each provider that has had one.
    func operatorOrders() async throws(StoreError) -> [ProviderName: RecordedOrder]
}

/// An operator's order as the journal has it.
package struct RecordedOrder: Sendable, Equatable {
    /// When it was given.
    package let at: Timestamp
    /// Nil if the provider was resumed.
    package let hold: OperatorHold?

    package init(at timestamp: Timestamp, hold: OperatorHold?) {
        at = timestamp
        self.hold = hold
    }
}
