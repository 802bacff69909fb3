/// A field in which a vendor's event differs from what was sent.
package struct ContentDifference: Sendable, Equatable {
    /// In what way it differs.
    package enum Kind: String, Sendable, CaseIterable {
        /// Another value.
        case value
        /// The nearest 64-bit float of what was sent.
        case precision
        /// The same value as another JSON type.
        case type
        /// The vendor lacks the field.
        case dropped
        /// The vendor has a field that was not sent.
        case added
        /// No difference of content, but what a difference of billed units costs: see ``UsageWorth``.
        case money
    }

    /// `name`, `customer_id`, `properties.units`, …
    package let field: String
    package let kind: Kind
    /// What was sent, truncated; nil if nothing was.
    package let sent: String?
    /// What the vendor has, truncated; nil if it has nothing.
    package let shown: String?

    package init(field: String, kind: Kind, sent: String?, shown: String?) {
        self.field = field
        self.kind = kind
        self.sent = sent
        self.shown = shown
    }
}
