import Events
import JSON

/// Reads one event of an ingestion by Polar's model.
///
/// The model has two shapes, by the customer's id at Polar and by the application's own; an event that fits neither is reported for
/// both, what is wrong in both twice.
struct PolarFacadeEvent {
    private let now: Timestamp
    /// What is known of parents that were named by the ids that this API shows.
    private let parents: PolarParents
    /// The number of the event's parent, if it is named by such an id.
    private(set) var numberedParent: SequenceNumber?
    /// Faults in what both shapes have.
    private var common: [PolarComplaint] = []
    private var ofCustomer: [PolarComplaint] = []
    private var ofExternalCustomer: [PolarComplaint] = []

    private static let names: [StaticString] = [
        "timestamp", "name", "organization_id", "external_id", "parent_id", "metadata", "customer_id", "member_id",
        "external_customer_id", "external_member_id",
    ]
    /// What the gateway keeps of an id.
    private static let longestID = 255

    /// - Parameters:
    ///   - now: nothing may have happened later.
    ///   - parents: by their numbers; none have been looked for as yet where a request is read for the first time.
    init(now: Timestamp, parents: PolarParents) {
        self.now = now
        self.parents = parents
    }

    /// Writes what is wrong below the place of the event.
    func report(below place: [PolarPlace], to refusal: inout PolarRefusal) {
        for (shape, own) in [("EventCreateCustomer", ofCustomer), ("EventCreateExternalCustomer", ofExternalCustomer)] {
            for complaint in common + own { refusal.add(complaint, below: place + [.name(shape)]) }
        }
    }

    /// - Returns: nil if anything is wrong; ``report(below:to:)`` says what.
    mutating func read(_ value: JSONValue) -> CanonicalEvent? {
        guard value.kind == .object else {
            let message = "Input should be a valid dictionary or object to extract fields from"
            common.append(PolarComplaint(PolarFinding("model_attributes_type", message), at: [], input: value))
            return nil
        }
        let members = NamedMembers(Self.names, of: value)
        var own = PolarOwnFields()
        let timestamp = timestamp(members[0])
        let name = name(members[1], of: value)
        own.organization = organization(members[2])
        let id = text(members[3], "external_id", most: Self.longestID, to: \.common)
        readParent(members[4], child: id, to: &own)
        var metadata = PolarFacadeMetadata()
        let properties = metadata.read(members[5])
        common += metadata.complaints
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
    private mutating func shape(_ members: NamedMembers, of value: JSONValue, _ own: inout PolarOwnFields) -> String? {
        let customer = uuid(members[6], "customer_id", isRequired: value, to: \.ofCustomer)
        let member = uuid(members[7], "member_id", isRequired: nil, to: \.ofCustomer)
        let external = externalCustomer(members[8], of: value)
        let externalMember = text(members[9], "external_member_id", to: \.ofExternalCustomer)
        let prefersCustomer = members[7] != nil && members[9] == nil
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
extension PolarFacadeEvent {
    private typealias Faults = WritableKeyPath<PolarFacadeEvent, [PolarComplaint]>

    private mutating func timestamp(_ value: JSONValue?) -> Timestamp? {
        guard let value else { return nil }
        switch PolarMoment.read(value) {
        case .success(let moment) where moment <= now: return moment
        case .success: add(.future, "timestamp", value, to: \.common)
        case .failure(let finding): add(finding, "timestamp", value, to: \.common)
        }
        return nil
    }

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

    private mutating func organization(_ value: JSONValue?) -> String? {
        let id = uuid(value, "organization_id", isRequired: nil, to: \.common)
        // Whoever read it here means here.
        return id == PolarShownEvent.organization ? nil : id
    }

    /// Polar finds a parent by the id that it was sent with, so an id that this API shows is kept with the one behind it.
    private mutating func readParent(_ value: JSONValue?, child: String?, to own: inout PolarOwnFields) {
        own.parent = text(value, "parent_id", to: \.common)
        guard let value, let parent = own.parent else { return }
        if let child, !child.isEmpty, parent == child {
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

    /// - Parameter most: the most characters.
    private mutating func text(
        _ value: JSONValue?,
        _ field: String,
        most: Int = 1000,
        to faults: Faults,
        mayBeNull: Bool = true
    ) -> String? {
        guard let value, !(mayBeNull && value.isNull) else { return nil }
        guard let text = value.string else {
            add(.notText, field, value, to: faults)
            return nil
        }
        // Ids are kept up to so many bytes, names up to so many characters.
        let length = field == "name" ? text.unicodeScalars.count : text.utf8.count
        if length > most {
            add(.tooLong(most), field, value, to: faults)
        } else if value.node.hasEscapes, text.utf8.contains(0) {
            add(.zeroCharacter, field, value, to: faults)
        }
        return text
    }

    /// - Parameter event: what is shown if the field is absent and must not be; nil if it may be absent or null.
    private mutating func uuid(
        _ value: JSONValue?,
        _ field: String,
        isRequired event: JSONValue?,
        to faults: Faults
    ) -> String? {
        guard let value, !(event == nil && value.isNull) else {
            if let event { add(.missing, field, event, to: faults) }
            return nil
        }
        guard let text = value.string else {
            let message = "UUID input should be a string, bytes or UUID object"
            add(PolarFinding("uuid_type", message), field, value, to: faults)
            return nil
        }
        switch PolarUUID.read(text) {
        case .success(let id): return id
        case .failure(let finding):
            add(finding, field, value, to: faults)
            return nil
        }
    }

    private mutating func add(_ finding: PolarFinding, _ field: String, _ input: JSONValue, to faults: Faults) {
        self[keyPath: faults].append(PolarComplaint(finding, at: [.name(field)], input: input))
    }
}

/// The parents of a request's events, as far as they are named by ids that this API shows.
enum PolarParents {
    case notLookedFor
    /// The ids that they went to Polar with, but for what a destination puts in front of all ids.
    case found([SequenceNumber: String])
}

/// What an event has for Polar alone: `vendor.polar`.
struct PolarOwnFields {
    var organization: String?
    var parent: String?
    /// The id that the parent was sent with, where ``parent`` is another.
    var parentExternalID: String?
    var customer: String?
    var member: String?
    var externalMember: String?

    /// The fields as the canonical event has them; nil if there are none. What is empty says nothing.
    var vendor: JSONText? {
        let fields = [
            ("organization_id", organization), ("parent_id", parent), ("parent_external_id", parentExternalID),
            ("customer_id", customer), ("member_id", member), ("external_member_id", externalMember),
        ].compactMap { name, text in text.flatMap { $0.isEmpty ? nil : (name, $0) } }
        guard !fields.isEmpty else { return nil }
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.key("polar")
        writer.beginObject()
        for (name, text) in fields { writer.member(name, string: text) }
        writer.endObject()
        writer.endObject()
        return JSONText(checked: writer.bytes[...])
    }
}
