/// Messages that a vendor sends on its own, to an address that it was given (webhooks).
///
/// A value without state that does no I/O, like an ``Adapter``.
package protocol VendorHook: Sendable {
    /// Whether a message was signed with the key.
    /// - Parameters:
    ///   - body: as received.
    ///   - field: the value of a header field of the message, by its name.
    func isSigned(_ body: [UInt8], with key: Secret, _ field: (String) -> String?) -> Bool

    /// The content of a message; nil if it is not one of the vendor's.
    func read(_ body: [UInt8]) -> VendorNotice?
}

/// The content of a vendor's message.
package enum VendorNotice: Sendable, Equatable {
    /// Events that the vendor stores and does not bill.
    case unbilled([UnbilledEvent])
    /// A message that the gateway ignores, with the vendor's name for it.
    case other(String)
}

/// An event that a vendor stores and does not bill, according to the vendor.
package struct UnbilledEvent: Sendable, Hashable {
    /// Why it is not billed.
    package enum Reason: String, Sendable, CaseIterable {
        /// No metric counts events of its name.
        case noMetric = "no_metric"
        /// A property that the metric needs is missing, or has a value that the metric does not accept.
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
