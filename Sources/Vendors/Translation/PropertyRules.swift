import Events
import JSON

/// Which properties a vendor takes, and what happens to those that it does not.
struct PropertyRules: Sendable {
    /// What happens to objects and arrays.
    enum Nested: String, Sendable {
        case keep, refuse, flatten, stringify
    }

    /// What happens to nulls.
    enum Nulls: String, Sendable {
        case keep, refuse, drop
    }

    /// Which numbers are sent as text because a 64-bit float would change them.
    enum InexactNumbers: Sendable {
        case keep
        /// Only those with a fraction or an exponent: the vendor keeps whole numbers of any length.
        case fractionsAsText
        case allAsText
    }

    var nested = Nested.keep
    var nulls = Nulls.keep
    var inexactNumbers = InexactNumbers.keep
    var dropsEmptyText = false
    /// Whether text with U+0000 is refused.
    var refusesZeroCharacter = false
    var limits: PropertyLimits?
    /// Names of objects that the vendor takes although it takes no others.
    var keptObjects: [String] = []
    /// Names of properties that must be numbers.
    var numbers: [String] = []
    /// Names of properties that are not sent.
    var omitted: [String] = []
    /// Canonical fields that become properties.
    var copied: [String] = []

    /// These rules with the settings, defaults included, that are the same at every vendor: `nested`, `omit`, `copy`, `numbers`, `exact_numbers`.
    func with(_ settings: DestinationSettings) -> PropertyRules {
        var rules = self
        if let choice = settings.text("nested").flatMap(Nested.init(rawValue:)) { rules.nested = choice }
        if settings.text("exact_numbers") == "number" { rules.inexactNumbers = .keep }
        rules.numbers = settings.texts("numbers")
        rules.omitted = settings.texts("omit")
        rules.copied = settings.texts("copy")
        return rules
    }

    /// The event's properties by these rules, as one JSON object; nil if there are none.
    /// - Parameters:
    ///   - vendor: the vendor's name, for messages.
    ///   - overlay: members that take precedence over properties of the same name, and their path in the event.
    ///   - addition: a text that is sent as one more property; no other may have its name.
    /// - Throws: ``Untranslatable`` with the property, the reason, and the setting that would help.
    func properties(
        of event: AcceptedEvent,
        for vendor: String,
        overlay: (path: String, object: JSONValue)? = nil,
        adding addition: (name: String, text: String)? = nil
    ) throws(Untranslatable) -> ArraySlice<UInt8>? {
        if overlay == nil, addition == nil {
            if let properties = event.properties {
                if passes(properties) { return properties.bytes }
            } else if copied.isEmpty {
                return nil
            }
        }
        var rewriter = PropertyRewriter(
            rules: self,
            vendor: vendor,
            keepsNames: addition != nil,
            capacity: (event.properties?.bytes.count ?? 0) + 64
        )
        if let properties = event.properties {
            let document: JSONDocument
            do {
                document = try JSONDocument(parsing: Array(properties.bytes))
            } catch {
                throw Untranslatable(field: "properties", message: "is not JSON: \(error)")
            }
            try rewriter.add(document.root, at: "properties", except: overlay?.object)
            if overlay == nil, addition == nil, changesNumbersOnly, rewriter.numbersAsText == 0 {
                return properties.bytes
            }
        }
        if let overlay { try rewriter.add(overlay.object, at: overlay.path) }
        for field in copied {
            if let text = EventTemplate.value(of: field, in: event) { try rewriter.copy(text, as: field) }
        }
        if let addition { try rewriter.add(addition.text, as: addition.name) }
        return rewriter.count == 0 && event.properties == nil ? nil : rewriter.end()[...]
    }

    /// Whether these properties are sent byte for byte as received, as a quick look tells.
    private func passes(_ properties: JSONText) -> Bool {
        if changesNumbersOnly, inexactNumbers == .keep || !NumberPrecision.deservesLook(properties.bytes),
            !refusesZeroCharacter || !JSONEscapes.holdZeroCharacter(properties.bytes)
        {
            return true
        }
        return PlainProperties.goOut(properties.bytes, by: self)
    }

    /// Whether nothing but numbers can need a change; what is refused is none.
    private var changesNumbersOnly: Bool {
        nested == .keep && nulls == .keep && !dropsEmptyText && limits == nil && numbers.isEmpty
            && omitted.isEmpty && copied.isEmpty
    }
}

/// Limits of a vendor's properties; lengths in characters (Unicode scalars).
struct PropertyLimits: Sendable {
    let properties: Int
    let name: Int
    let text: Int
    /// Whether longer text is cut instead of refused.
    var cutsText = false
}
