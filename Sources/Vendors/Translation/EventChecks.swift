import Events
import JSON

/// Checks that several vendors need before an event is sent.
extension AcceptedEvent {
    /// - Throws: ``Untranslatable`` if the timestamp lies outside of `range`.
    func checkTimestamp(in range: ClosedRange<Timestamp>, _ message: @autoclosure () -> String) throws(Untranslatable) {
        guard range.contains(timestamp) else { throw Untranslatable(field: "timestamp", message: message()) }
    }

    /// The customer's id, or what the destination's template makes of the event.
    /// - Parameter template: the value of the setting `customer_id`.
    func customer(or template: EventTemplate?, for vendor: String) throws(Untranslatable) -> String {
        if let customerID { return customerID }
        guard let template else {
            throw Untranslatable(
                field: "customer_id",
                message: """
                    \(vendor) needs a customer and the event names none; send customer_id, or set the destination's \
                    customer_id template, such as "{subscription_id}"
                    """
            )
        }
        return try filled(template, as: "customer_id")
    }
}

extension AcceptedEvent {
    /// A destination's template filled from this event.
    /// - Parameter field: the field that it stands for.
    func filled(_ template: EventTemplate, as field: String) throws(Untranslatable) -> String {
        let text = try template.text(for: self)
        guard !text.isEmpty else {
            throw Untranslatable(
                field: field,
                message: "the destination's template \"\(template.source)\" gives an empty text here"
            )
        }
        return text
    }
}

extension String {
    /// - Throws: ``Untranslatable`` if the text holds U+0000, which databases cannot keep in text.
    func checkStorable(as field: String, for vendor: String) throws(Untranslatable) {
        guard utf8.holds(0) else { return }
        throw Untranslatable(field: field, message: "\(vendor) cannot store the character U+0000; remove it")
    }
}

extension JSONWriter {
    /// A member with a text that the vendor keeps in a database.
    /// - Throws: ``Untranslatable`` if the text holds U+0000, which can only be written as an escape.
    mutating func member(_ name: String, storable text: String, as field: String, for vendor: String)
        throws(Untranslatable)
    {
        member(name, string: text)
        if hasEscapes { try text.checkStorable(as: field, for: vendor) }
    }
}
