/// Messages that a vendor sends by itself, to an address that it was given.
///
/// A value without state that does no I/O, like an ``Adapter``.
package protocol VendorHook: Sendable {
    /// Whether a message comes from who has the key.
    /// - Parameters:
    ///   - body: as received.
    ///   - field: the value of a header field of the message, by its name.
    func isSigned(_ body: [UInt8], with key: Secret, _ field: (String) -> String?) -> Bool

    /// What a message says; nil if it is not one of the vendor's.
    func read(_ body: [UInt8]) -> VendorNotice?
}

/// What a vendor says by itself.
package enum VendorNotice: Sendable, Equatable {
    /// Events that it stores and does not bill.
    case unbilled([UnbilledEvent])
    /// Something of no concern here: the vendor's word for it.
    case other(String)
}

/// An event that a vendor stores and does not bill, as the vendor says.
package struct UnbilledEvent: Sendable, Hashable {
    /// What is in the way.
    package enum Reason: String, Sendable, CaseIterable {
        /// No metric counts events of its name.
        case noMetric = "no_metric"
        /// A property that the metric needs is missing, or has a value that it does not take.
        case unusableProperty = "unusable_property"
    }

    /// The id that the event was sent with.
    package let id: String
    package let reason: Reason

    package init(id: String, reason: Reason) {
        self.id = id
        self.reason = reason
    }
}
