package import Events

/// Every vendor that Tollgate supports, one line each.
package enum VendorRegistry {
    /// The adapters in the order in which they are listed.
    package static let all: [any Adapter] = [
        KnetikAdapter(),
        FlexpriceAdapter(),
        PolarAdapter(),
        LagoAdapter(),
    ]

    /// The adapter of this name; nil if there is none.
    package static func adapter(named name: AdapterName) -> (any Adapter)? {
        all.first { $0.traits.adapter == name }
    }
}
