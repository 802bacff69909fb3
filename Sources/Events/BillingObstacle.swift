/// Why a vendor stores an event and does not bill it.
package enum BillingObstacle: Sendable, CaseIterable {
    /// No metric counts events of this name.
    case noMetric
    /// The vendor has no customer with this id.
    case noCustomer
    /// The customer has no subscription that bills the name.
    case noSubscription
}

/// What a vendor reveals about events that it stores and does not bill.
package struct ObstacleTraits: Sendable, Equatable {
    /// What ``VendorReader/obstacle(to:)`` can report for one event.
    package let ofEvents: Set<BillingObstacle>
    /// Whether ``VendorReader/countedNames()`` returns the names that its metrics count.
    package let ofNames: Bool
    /// Whether ``VendorReader/billedTimes(of:)`` and ``VendorReader/hasCustomer(_:)`` return which subscriptions it bills.
    package let ofSubscriptions: Bool

    package init(ofEvents: Set<BillingObstacle> = [], ofNames: Bool = false, ofSubscriptions: Bool = false) {
        self.ofEvents = ofEvents
        self.ofNames = ofNames
        self.ofSubscriptions = ofSubscriptions
    }

    /// A vendor that reveals nothing.
    package static let none = ObstacleTraits()
}

/// The event names that a vendor's metrics count.
package struct CountedNames: Sendable {
    private let mayCount: @Sendable (String) -> Bool

    /// - Parameter mayCount: whether some metric counts events of a name, provided that they have the properties it needs.
    package init(_ mayCount: @escaping @Sendable (String) -> Bool) {
        self.mayCount = mayCount
    }

    /// Whether events of a name can be counted at all.
    package func contains(_ name: String) -> Bool { mayCount(name) }
}
