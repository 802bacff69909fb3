/// A page of the customers that a vendor has.
package struct VendorCustomerPage: Sendable, Equatable {
    /// The application's ids. Customers without one at the vendor are left out.
    package let ids: [String]
    /// Where the next page begins; nil at the end.
    package let next: String?

    package init(ids: [String], next: String?) {
        self.ids = ids
        self.next = next
    }
}

/// A page of the subscriptions that are active at a vendor.
package struct VendorSubscriptionPage: Sendable, Equatable {
    package let subscriptions: [VendorSubscription]
    /// Where the next page begins; nil at the end.
    package let next: String?

    package init(subscriptions: [VendorSubscription], next: String?) {
        self.subscriptions = subscriptions
        self.next = next
    }
}

/// A subscription that is active at a vendor.
package struct VendorSubscription: Sendable, Equatable {
    /// The application's id if the vendor has it, otherwise the vendor's.
    package let id: String
    /// The application's id of the customer; nil if the vendor does not show it.
    package let customerID: String?
    /// The day from which the vendor counts its periods, if each begins on that day of the month; nil if they follow the calendar, or if
    /// the vendor does not show it.
    package let anchor: Timestamp?
    /// The current billing period; nil if the vendor does not show it.
    package let period: ReadWindow?
    /// When it ends; nil if it has no end.
    package let endsAt: Timestamp?

    package init(id: String, customerID: String?, anchor: Timestamp?, period: ReadWindow?, endsAt: Timestamp?) {
        self.id = id
        self.customerID = customerID
        self.anchor = anchor
        self.period = period
        self.endsAt = endsAt
    }
}
