package import Events

/// Every vendor that Tollgate speaks with, one line each.
package enum VendorRegistry {
    /// The adapters in the order in which people see them.
    package static let all: [any Adapter] = [
        KnetikAdapter(),
        FlexpriceAdapter(),
        PolarAdapter(),
        LagoAdapter(),
    ]

    /// The vendors' own APIs, as the gateway serves them.
    package static let dialects: [any Dialect] = [
        KnetikFacade(),
        FlexpriceFacade(),
        PolarFacade(),
        LagoFacade(),
    ]

    /// The adapter of this name; nil if there is none.
    package static func adapter(named name: AdapterName) -> (any Adapter)? {
        all.first { $0.traits.adapter == name }
    }

    /// Whether the gateway serves a path of a vendor's API itself.
    /// - Parameter path: as the vendor has it: `/api/v1/events`.
    package static func serves(_ name: AdapterName, _ path: String) -> Bool {
        guard let prefix = adapter(named: name)?.traits.pathPrefix, path.hasPrefix(prefix) else { return false }
        return dialects.first { $0.adapter == name }?.meansServedPath(String(path.dropFirst(prefix.count))) ?? false
    }
}
