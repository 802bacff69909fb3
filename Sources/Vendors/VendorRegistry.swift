package import Events

/// The vendors that Tollgate speaks to. A new one is one line here and one folder beside this file.
package enum VendorRegistry {
    package static let all: [any Adapter] = [
        KnetikAdapter(),
        FlexpriceAdapter(),
        PolarAdapter(),
        LagoAdapter(),
    ]
}
