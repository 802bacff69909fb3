import Events
import JSON
import Vendors

/// Writes an event as Polar shows it.
struct PolarEventWriter {
    private let archived: ArchivedEvent
    private let own: JSONValue?

    /// The organization of all events that name none: the gateway knows nothing of Polar's.
    static let organization = "746f6c6c-6761-4465-8000-676174657761"

    init(_ archived: ArchivedEvent) {
        self.archived = archived
        own = VendorObject.fields(for: PolarFacade.name, in: archived.event.vendor)
    }

    func write(to writer: inout JSONWriter) {
        let event = archived.event
        let customer = own?["customer_id"]?.string
        writer.beginObject()
        writer.member("id", string: StableUUID.holding(archived.sequence.rawValue))
        writer.member("timestamp", string: event.timestamp.polarText)
        writer.member("organization_id", string: own?["organization_id"]?.string ?? Self.organization)
        writer.member("customer_id", stringOrNull: customer)
        writer.member("customer", stringOrNull: nil)
        writer.member("external_customer_id", stringOrNull: customer == nil ? event.customerID : nil)
        writer.member("member_id", stringOrNull: own?["member_id"]?.string)
        writer.member("external_member_id", stringOrNull: own?["external_member_id"]?.string)
        writer.member("child_count", integer: 0)
        writer.member("parent_id", stringOrNull: parent)
        writer.member("label", string: event.name)
        writer.member("source", string: "user")
        writer.member("name", string: event.name)
        writer.key("metadata")
        PolarMetadata(event).write(to: &writer)
        writer.endObject()
    }

    /// Polar shows the parent's UUID there; a parent that was named by its own id is not looked up.
    private var parent: String? {
        guard let text = own?["parent_id"]?.string, case .success(let id) = PolarUUID.read(text) else { return nil }
        return id
    }
}

extension Timestamp {
    /// With six decimals, or with none if they are all zero.
    var polarText: String {
        let text = rfc3339
        return milliseconds % 1000 == 0 ? "\(text.dropLast(5))Z" : "\(text.dropLast())000Z"
    }
}
