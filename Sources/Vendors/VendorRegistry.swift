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

    /// The adapter of this name; nil if there is none.
    package static func adapter(named name: AdapterName) -> (any Adapter)? {
        all.first { $0.traits.adapter == name }
    }
}
