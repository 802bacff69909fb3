package import Events

/// What the vendors of a migration say about themselves.
package struct VendorSurvey: Sendable {
    /// What was asked of a vendor.
    package enum Answer<Value: Sendable>: Sendable {
        case known(Value)
        /// Why it is not known, for people.
        case unreadable(String)
        /// There was no need to ask.
        case notAsked
    }

    /// What the new provider can bill by.
    package var metrics: Answer<[CatalogueMetric]> = .notAsked
    /// The application's ids of the customers that the new provider has.
    package var customers: Answer<Set<ExactText>> = .notAsked
    /// The ids of the subscriptions that run at the new provider.
    package var subscriptions: Answer<Set<ExactText>> = .notAsked
    /// The subscriptions that run at the old provider.
    package var oldSubscriptions: Answer<[VendorSubscription]> = .notAsked

    package init() {}
}
