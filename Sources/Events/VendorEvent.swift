/// An event as a vendor has it, in canonical terms.
package struct VendorEvent: Sendable, Equatable {
    fileprivate struct Fields: Sendable, Equatable {
        var id: String?
        var name: String
        var customerID: String?
        var subscriptionID: String?
        var timestamp: Timestamp
        var source: String?
        var properties: JSONText?
        var own: JSONText?
        var notes: [String]
    }

    /// Comparisons pass on thousands of events at a time, so a copy counts one reference instead of one per text.
    private final class Stored: Sendable {
        let fields: Fields

        init(_ fields: Fields) {
            self.fields = fields
        }
    }

    private var stored: Stored

    /// Keeps the fields in one object, see above; their meaning is that of the properties below.
    package init(
        id: String?,
        name: String,
        customerID: String? = nil,
        subscriptionID: String? = nil,
        timestamp: Timestamp,
        source: String? = nil,
        properties: JSONText? = nil,
        own: JSONText? = nil,
        notes: [String] = []
    ) {
        stored = Stored(
            Fields(
                id: id,
                name: name,
                customerID: customerID,
                subscriptionID: subscriptionID,
                timestamp: timestamp,
                source: source,
                properties: properties,
                own: own,
                notes: notes
            )
        )
    }

    private var fields: Fields {
        get { stored.fields }
        set { stored = Stored(newValue) }
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.stored === right.stored || left.stored.fields == right.stored.fields
    }
}

extension VendorEvent {
    /// The id that it was sent with; nil if the vendor does not show it.
    package var id: String? {
        get { stored.fields.id }
        set { fields.id = newValue }
    }

    package var name: String {
        get { stored.fields.name }
        set { fields.name = newValue }
    }

    package var customerID: String? {
        get { stored.fields.customerID }
        set { fields.customerID = newValue }
    }

    package var subscriptionID: String? {
        get { stored.fields.subscriptionID }
        set { fields.subscriptionID = newValue }
    }

    package var timestamp: Timestamp {
        get { stored.fields.timestamp }
        set { fields.timestamp = newValue }
    }

    package var source: String? {
        get { stored.fields.source }
        set { fields.source = newValue }
    }

    package var properties: JSONText? {
        get { stored.fields.properties }
        set { fields.properties = newValue }
    }

    /// The fields that only this vendor has, as an object.
    package var own: JSONText? {
        get { stored.fields.own }
        set { fields.own = newValue }
    }

    /// Remarks for people: how the event was matched, what the vendor changed.
    package var notes: [String] {
        get { stored.fields.notes }
        set { fields.notes = newValue }
    }
}
