import Events
import ParityRuns
import Routing

/// Vendors that answer nothing.
struct SilentVendors: VendorAsking {
    func ask<Value>(_ inquiry: VendorInquiry<Value>, at provider: ProviderConfiguration) async -> VendorInquiry<Value>?
    {
        .failed(DeliveryFault(code: .vendorUnavailable, message: "\(provider.name) does not answer"))
    }

    func askOnce<Value>(_ inquiry: VendorInquiry<Value>, at provider: ProviderConfiguration) async
        -> VendorInquiry<Value>?
    {
        await ask(inquiry, at: provider)
    }

    func send(_ events: [TranslatedEvent], to provider: ProviderConfiguration) async -> Verdict? {
        .all(.ambiguous(DeliveryFault(code: .vendorUnavailable, message: "\(provider.name) does not answer")))
    }
}
