package import Events

/// Every vendor API that the gateway serves, one line each.
package enum FacadeRegistry {
    /// The facades in the order of the vendors.
    package static let all: [any Dialect] = [
        KnetikFacade(),
        FlexpriceFacade(),
        PolarFacade(),
        LagoFacade(),
    ]

    /// Whether the gateway serves a path of a vendor's API itself.
    /// - Parameter path: as the vendor has it: `/api/v1/events`.
    package static func serves(_ vendor: AdapterName, _ path: String) -> Bool {
        guard let facade = all.first(where: { $0.adapter == vendor }), path.hasPrefix(facade.vendorPrefix) else {
            return false
        }
        return facade.meansServedPath(String(path.dropFirst(facade.vendorPrefix.count)))
    }
}
