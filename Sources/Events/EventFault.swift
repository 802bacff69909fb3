/// What is wrong with one event of a request: the field, the kind, and how to fix it.
package struct EventFault: Error, Sendable, Equatable {
    /// The kinds of fault, as they are in `errors[].code` of a response.
    package enum Code: String, Sendable {
        /// The bytes are not JSON, or not a JSON value of the required kind.
        case malformed
        /// A required field is absent.
        case required
        /// A field has a value of the wrong JSON type.
        case type
        /// A value is too long, too short, too deep or outside its range.
        case range
        /// A value has the wrong form, such as a timestamp without an offset.
        case format
        /// A field that the canonical event does not have.
        case unknownField = "unknown_field"
        /// The same key occurs twice in one object.
        case duplicateKey = "duplicate_key"
        /// The id is already used with different content.
        case conflict
        /// No route matches the event.
        case unrouted
        /// The client is not allowed to send such an event.
        case forbidden
    }

    /// Index of the event in the request, from 0; nil if the fault concerns the request as a whole.
    package let index: Int?
    /// The field, as a path: `timestamp`, `properties.region`, `vendor.lago`; nil if the fault concerns the event as a whole.
    package let field: String?
    package let code: Code
    /// One sentence that says what is wrong and how to fix it.
    package let message: String
    /// The ID that is already in use; nil for every other kind of fault.
    package let eventID: EventID?

    package init(index: Int?, field: String?, code: Code, message: String, eventID: EventID? = nil) {
        self.index = index
        self.field = field
        self.code = code
        self.message = message
        self.eventID = eventID
    }
}
