package import Events
package import JSON

/// The fields that an event has for one vendor alone, as that vendor's dialect shows them again.
package enum VendorObject {
    /// The object at `vendor.NAME`; nil if there is none.
    package static func fields(for adapter: AdapterName, in vendor: JSONText?) -> JSONValue? {
        guard let vendor else { return nil }
        // It was checked on its way in; a damaged journal is found by its checksums, not here.
        guard let document = JSONDocument(ifValid: Array(vendor.bytes)) else { return nil }
        return document.root[adapter.rawValue].flatMap { $0.kind == .object ? $0 : nil }
    }
}
