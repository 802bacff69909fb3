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
}
