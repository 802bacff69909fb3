/// A half-open span of event time, for which all of a vendor's events are read.
package struct ReadWindow: Sendable, Hashable {
    package let from: Timestamp
    /// The end, which does not belong to the window.
    package let until: Timestamp

    /// - Precondition: `until` is after `from`: a window is never empty.
    package init(from: Timestamp, until: Timestamp) {
        precondition(from < until, "a window of nothing holds nothing")
        self.from = from
        self.until = until
    }

    /// Whether a timestamp is in it.
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

/// Restricts a window to the events of one name and customer, in the vendor's terms.
package struct WindowOwner: Sendable, Hashable {
    /// The events' name.
    package let name: String
    package let customerID: String?
    /// Given where the vendor bills by subscription.
    package let subscriptionID: String?

    package init(name: String, customerID: String?, subscriptionID: String?) {
        self.name = name
        self.customerID = customerID
        self.subscriptionID = subscriptionID
    }

    /// Whether an event is one of them.
    package func has(_ event: VendorEvent) -> Bool {
        event.name.exact == name.exact && (customerID.map { $0.exact == event.customerID?.exact } ?? true)
            && (subscriptionID.map { $0.exact == event.subscriptionID?.exact } ?? true)
    }
}

/// Byte for byte, as vendors tell customers and names.
extension WindowOwner {
    package static func == (left: WindowOwner, right: WindowOwner) -> Bool {
        left.name.exact == right.name.exact && left.customerID?.exact == right.customerID?.exact
            && left.subscriptionID?.exact == right.subscriptionID?.exact
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name.exact)
        hasher.combine(customerID?.exact)
        hasher.combine(subscriptionID?.exact)
    }
}

/// A page of the events that a vendor has in a window.
package struct WindowPage: Sendable {
    /// What the vendor sent. Some rows are outside the window where the vendor accepts whole seconds only.
    package let rows: [WindowRow]
    /// How many rows the list has, as the vendor counts them.
    package let total: Int
    package let next: Next

    /// What follows a page.
    package enum Next: Sendable, Equatable {
        case end
        /// The cursor of the next page.
        case page(String)
        /// More than the vendor can list without losing or repeating some: read parts of the window instead.
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
    /// The vendor's own id of the row, which identifies a row that is on two pages; nil if the vendor gives none.
    package let key: String?
    package let event: VendorEvent

    package init(key: String?, event: VendorEvent) {
        self.key = key
        self.event = event
    }
}

/// What a vendor's meter adds up in one part of time.
package struct MeteredPart: Sendable, Equatable {
    package let start: Timestamp
    /// A JSON number, as the vendor writes it.
    package let sum: String

    package init(start: Timestamp, sum: String) {
        self.start = start
        self.sum = sum
    }
}

/// How to compare what a vendor shows with what it was sent.
package struct ComparisonRules: Sendable, Equatable {
    /// A field that belongs to the identity of an event at a vendor, beside the id.
    package enum IdentityPart: Sendable, CaseIterable {
        case name, customer, subscription, timestamp
    }

    /// The fields that identify an event together with the id that it was sent with; nil if the vendor does not show the id, so that
    /// events are identified by their content.
    package let identity: Set<IdentityPart>?
    /// Properties that carry the id of events where the vendor does not show it; unique there.
    package let idProperties: [String]
    /// Whether values of properties are shown as text.
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
