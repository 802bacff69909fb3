package import Events
package import Routing

/// Asks a vendor for a comparison, for as long as that takes; nil once the task is cancelled.
package protocol VendorAsking: Sendable {
    func ask<Value>(_ inquiry: VendorInquiry<Value>, at provider: ProviderConfiguration) async -> VendorInquiry<Value>?

    /// Asks without repeating a request that may have done something: one that failed without an answer, or inside the vendor.
    func askOnce<Value>(_ inquiry: VendorInquiry<Value>, at provider: ProviderConfiguration) async
        -> VendorInquiry<Value>?

    /// Sends events again that the vendor has confirmed once.
    func send(_ events: [TranslatedEvent], to provider: ProviderConfiguration) async -> Verdict?
}

/// The vendors as far as they can be read.
package struct ReadableVendors: Sendable {
    let asking: any VendorAsking
    let lags: MeasuredLags

    /// - Parameter lags: how long vendors take to show an event.
    package init(asking: any VendorAsking, lags: MeasuredLags = MeasuredLags()) {
        self.asking = asking
        self.lags = lags
    }
}
