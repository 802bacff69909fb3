package import Events

/// Takes what a vendor says by itself of events that it stores and does not bill.
package protocol UnbilledNoting: Sendable {
    /// When this returns, comparisons know it.
    func note(_ events: [UnbilledEvent], at provider: ProviderName) async throws(ParityError)
}
