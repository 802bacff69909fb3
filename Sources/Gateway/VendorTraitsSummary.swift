package import Events
import Vendors

/// What commands need to know about all vendors.
package enum VendorTraitsSummary {
    /// Adapters of vendors that do not recognize a repeated event, and would bill it twice.
    package static var withoutDeduplication: Set<AdapterName> {
        Set(VendorRegistry.all.map(\.traits).filter { $0.requests.deduplication == .none }.map(\.adapter))
    }
}
