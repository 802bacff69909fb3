/// A span of event time, for which all of a vendor's events are read.
package struct ReadWindow: Sendable, Hashable {
    package let from: Timestamp
    /// Does not belong to it.
    package let until: Timestamp

    package init(from: Timestamp, until: Timestamp) {
        precondition(from < until, "a window of nothing holds nothing")
        self.from = from
        self.until = until
    }

    /// Whether a timestamp lies in it.
    package func contains(_ timestamp: Timestamp) -> Bool { from <= timestamp && timestamp < until }

    /// Its length.
    package var milliseconds: Int64 { until.milliseconds - from.milliseconds }

    /// Two halves, the earlier one first; nil if it is a millisecond long.
    package var halves: (ReadWindow, ReadWindow)? {
        let middle = from + .milliseconds(milliseconds / 2)
        guard from < middle else { return nil }
        return (ReadWindow(from: from, until: middle), ReadWindow(from: middle, until: until))
    }
}

/// Whose events of a window are wanted, as the vendor calls them.
package struct WindowOwner: Sendable, Hashable {
    /// The events' name.
    package let name: String
    package let customerID: String?
    /// Where the vendor bills by subscription.
    package let subscriptionID: String?

    package init(name: String, customerID: String?, subscriptionID: String?) {
        self.name = name
        self.customerID = customerID
        self.subscriptionID = subscriptionID
    }

    /// Whether an event is one of them.
    package func has(_ event: VendorEvent) -> Bool {
        event.name == name && (customerID.map { $0 == event.customerID } ?? true)
            && (subscriptionID.map { $0 == event.subscriptionID } ?? true)
    }
}

/// A page of a vendor's list of a window.
package struct WindowPage: Sendable {
    /// What the vendor sent. Some lie outside of the window where the vendor takes whole seconds only.
    package let rows: [WindowRow]
    /// How many rows the list has, as the vendor counts them.
    package let total: Int
    package let next: Next

    /// What follows a page.
    package enum Next: Sendable, Equatable {
        case end
        /// The cursor of the next page.
        case page(String)
        /// More than the vendor can list without losing or repeating some: ask for parts of the window.
        case narrower
    }

    package init(rows: [WindowRow], total: Int, next: Next) {
        self.rows = rows
        self.total = total
        self.next = next
    }
}

/// A row of a vendor's list.
package struct WindowRow: Sendable, Equatable {
    /// The vendor's own id of the row, by which one that is on two pages is one; nil if the vendor gives none.
    package let key: String?
    package let event: VendorEvent

    package init(key: String?, event: VendorEvent) {
        self.key = key
        self.event = event
    }
}

/// What a meter of a vendor adds up in one part of time.
package struct MeteredPart: Sendable, Equatable {
    package let start: Timestamp
    /// A JSON number, as the vendor writes it.
    package let sum: String

    package init(start: Timestamp, sum: String) {
        self.start = start
        self.sum = sum
    }
}

/// How what a vendor shows is compared with what it was sent.
package struct ComparisonRules: Sendable, Equatable {
    /// A part of what tells two events of a vendor apart, beside the id.
    package enum IdentityPart: Sendable, CaseIterable {
        case name, customer, subscription, timestamp
    }

    /// What tells events apart beside the id that they were sent with; nil if the vendor does not show the id, so that events are told
    /// apart by what they say.
    package let identity: Set<IdentityPart>?
    /// Properties that carry the id of events where the vendor does not show it; it is unique there.
    package let idProperties: [String]
    /// Whether values of properties come back as text.
    package let showsValuesAsText: Bool
    /// Whether the vendor adds numbers that it computes to the properties, as text.
    package let addsProperties: Bool
    /// The members of ``VendorEvent/own`` that were sent.
    package let ownMembers: [String]

    package init(
        identity: Set<IdentityPart>?,
        idProperties: [String] = [],
        showsValuesAsText: Bool = false,
        addsProperties: Bool = false,
        ownMembers: [String] = []
    ) {
        self.identity = identity
        self.idProperties = idProperties
        self.showsValuesAsText = showsValuesAsText
        self.addsProperties = addsProperties
        self.ownMembers = ownMembers
    }
}
