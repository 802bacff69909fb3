import Events
import JSON
import Vendors

/// Reads one event of an ingestion by Polar's model.
///
/// The model has two shapes, by the customer's id at Polar and by the application's own; an event that fits neither is reported for
/// both, what is wrong in both twice.
struct PolarEventReader {
    private let now: Timestamp
    /// What is known of parents that were named by the ids that this API shows.
    private let parents: PolarParents
    /// The number of the event's parent, if it is named by such an id.
    private(set) var numberedParent: SequenceNumber?
    /// Errors in what both shapes have.
    private var common: [PolarValidationError] = []
    private var ofCustomer: [PolarValidationError] = []
    private var ofExternalCustomer: [PolarValidationError] = []

    private enum Field: Int, MemberName {
        case timestamp, name, organization, id, parent, metadata, customer, member, externalCustomer, externalMember

        static let names = spelled {
            switch $0 {
            case .timestamp: "timestamp"
            case .name: "name"
            case .organization: "organization_id"
            case .id: "external_id"
            case .parent: "parent_id"
            case .metadata: "metadata"
            case .customer: "customer_id"
            case .member: "member_id"
            case .externalCustomer: "external_customer_id"
            case .externalMember: "external_member_id"
            }
        }
    }

    /// What the gateway keeps of an id.
    private static let longestID = 255

    /// - Parameters:
    ///   - now: nothing may have happened later.
    ///   - parents: by their numbers; none have been looked for as yet where a request is read for the first time.
    init(now: Timestamp, parents: PolarParents) {
        self.now = now
        self.parents = parents
    }

    /// What is wrong, its location as seen from the event.
    var errors: [PolarValidationError] {
        (common + ofCustomer).map { $0.below(["EventCreateCustomer"]) }
            + (common + ofExternalCustomer).map { $0.below(["EventCreateExternalCustomer"]) }
    }

    /// - Returns: nil if anything is wrong; ``errors`` says what.
    mutating func read(_ value: JSONValue) -> CanonicalEvent? {
        guard value.kind == .object else {
            common.append(.notModel.at([], input: value))
            return nil
        }
        let members = NamedMembers<Field>(of: value)
        var own = PolarOwnFields()
        let timestamp = timestamp(members[.timestamp])
        let name = name(members[.name], of: value)
        own.organization = organization(members[.organization])
        let id = text(members[.id], "external_id", most: Self.longestID, to: \.common)
        readParent(members[.parent], child: id, to: &own)
        var metadata = PolarMetadataReader()
        let properties = metadata.read(members[.metadata])
        common += metadata.errors
        let shape = shape(members, of: value, &own)
        guard common.isEmpty, let customer = shape else { return nil }
        return CanonicalEvent(
            // An empty id is a real value at Polar, under which it would keep the first event and no other.
            id: id.flatMap { $0.isEmpty ? nil : EventID($0) },
            name: name,
            customerID: customer,
            timestamp: timestamp,
            properties: properties,
            vendor: own.vendor
        )
    }

    /// The customer of the shape that the event has; nil if it has none. Of two that fit, the one with more of its fields counts,
    /// and else the one that needs no conversion.
    private mutating func shape(_ members: NamedMembers<Field>, of value: JSONValue, _ own: inout PolarOwnFields)
        -> String?
    {
        let customer = uuid(members[.customer], "customer_id", isRequired: value, to: \.ofCustomer)
        let member = uuid(members[.member], "member_id", isRequired: nil, to: \.ofCustomer)
        let external = externalCustomer(members[.externalCustomer], of: value)
        let externalMember = text(members[.externalMember], "external_member_id", to: \.ofExternalCustomer)
        let prefersCustomer = members[.member] != nil && members[.externalMember] == nil
        if ofCustomer.isEmpty, !ofExternalCustomer.isEmpty || prefersCustomer, let customer {
            own.customer = customer
            own.member = member
            // Elsewhere the id at Polar is as good a name of the customer as any.
            return customer
        }
        guard ofExternalCustomer.isEmpty, let external else { return nil }
        own.externalMember = externalMember
        return external
    }
}

/// The fields, each by its rule.
extension PolarEventReader {
    private typealias Errors = WritableKeyPath<PolarEventReader, [PolarValidationError]>

    /// Polar refuses timestamps from the future.
    private mutating func timestamp(_ value: JSONValue?) -> Timestamp? {
        guard let value else { return nil }
        switch PolarTimestamp.read(value) {
        case .success(let timestamp) where timestamp <= now: return timestamp
        case .success: add(.future, "timestamp", value, to: \.common)
        case .failure(let error): add(error, "timestamp", value, to: \.common)
        }
        return nil
    }

    /// Polar requires a name.
    private mutating func name(_ value: JSONValue?, of event: JSONValue) -> String {
        guard let value else {
            add(.missing, "name", event, to: \.common)
            return ""
        }
        let name = text(value, "name", most: 128, to: \.common, mayBeNull: false) ?? ""
        // Polar takes an empty name; there is nothing that it could be billed by.
        if name.isEmpty, value.kind == .string { add(.tooShort(1), "name", value, to: \.common) }
        return name
    }

    /// Nil for the facade's own organization, so that an event with it equals one without.
    private mutating func organization(_ value: JSONValue?) -> String? {
        let id = uuid(value, "organization_id", isRequired: nil, to: \.common)
        // Whoever read it here means here.
        return id == PolarEventWriter.organization ? nil : id
    }

    /// Polar finds a parent by the id that it was sent with, so an id that this API shows is kept with the one behind it.
    private mutating func readParent(_ value: JSONValue?, child: String?, to own: inout PolarOwnFields) {
        own.parent = text(value, "parent_id", to: \.common)
        guard let value, let parent = own.parent else { return }
        if let child, !child.isEmpty, parent.exact == child.exact {
            add(.value("An event cannot be its own parent."), "parent_id", value, to: \.common)
        }
        guard let number = StableUUID.number(in: parent).map({ SequenceNumber($0) }) else { return }
        numberedParent = number
        switch parents {
        case .notLookedFor: break
        case .found(let ids):
            own.parentExternalID = ids[number]
            if own.parentExternalID == nil {
                add(.value("There is no event with this id, so it can be no parent."), "parent_id", value, to: \.common)
            }
        }
    }

    private mutating func externalCustomer(_ value: JSONValue?, of event: JSONValue) -> String? {
        guard let value else {
            add(.missing, "external_customer_id", event, to: \.ofExternalCustomer)
            return nil
        }
        let field = "external_customer_id"
        let id = text(value, field, most: Self.longestID, to: \.ofExternalCustomer, mayBeNull: false)
        if id?.isEmpty ?? false { add(.tooShort(1), field, value, to: \.ofExternalCustomer) }
        return id
    }

    /// - Parameter most: maximum number of characters.
    private mutating func text(
        _ value: JSONValue?,
        _ field: String,
        most: Int = 1000,
        to errors: Errors,
        mayBeNull: Bool = true
    ) -> String? {
        guard let value, !(mayBeNull && value.isNull) else { return nil }
        guard let text = value.string else {
            add(.notText, field, value, to: errors)
            return nil
        }
        // Ids are kept up to so many bytes, names up to so many characters.
        let length = field == "name" ? text.unicodeScalars.count : text.utf8.count
        if length > most {
            add(.tooLong(most), field, value, to: errors)
        } else if value.node.hasEscapes, text.utf8.contains(0) {
            add(.zeroCharacter, field, value, to: errors)
        }
        return text
    }

    /// - Parameter event: what is shown if the field is absent and must not be; nil if it may be absent or null.
    private mutating func uuid(
        _ value: JSONValue?,
        _ field: String,
        isRequired event: JSONValue?,
        to errors: Errors
    ) -> String? {
        guard let value, !(event == nil && value.isNull) else {
            if let event { add(.missing, field, event, to: errors) }
            return nil
        }
        guard let text = value.string else {
            add(.notUUID, field, value, to: errors)
            return nil
        }
        switch PolarUUID.read(text) {
        case .success(let id): return id
        case .failure(let error):
            add(error, field, value, to: errors)
            return nil
        }
    }

    /// Adds an error to one of the two models that Polar tries: the one with its own customer ID, or the one with the application's.
    private mutating func add(_ error: PolarValidationError, _ field: String, _ input: JSONValue, to errors: Errors) {
        self[keyPath: errors].append(error.at([.name(field)], input: input))
    }
}
