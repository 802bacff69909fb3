package import JSON

/// One entry of a 422 of Polar's: what is wrong with one value, as pydantic words it.
///
/// The adapter reads such entries; the facade writes them.
package struct PolarValidationError: Error, Equatable, Sendable {
    /// One step on the way to a value.
    package enum Step: Equatable, Sendable, ExpressibleByStringLiteral {
        case name(String)
        case index(Int)

        /// A step by name, so that a location reads like a list of names.
        package init(stringLiteral value: String) { self = .name(value) }
    }

    /// pydantic's name of the kind of error: `string_too_long`.
    package let type: String
    package let message: String
    /// `ctx`, a JSON object; nil if the kind has none.
    package let context: String?
    /// `loc`: the way to the value from the request's root.
    package private(set) var location: [Step] = []
    /// `input`: the value that was sent, as JSON.
    package private(set) var input: ArraySlice<UInt8> = []

    /// - Parameter context: a JSON object.
    package init(_ type: String, _ message: String, context: String? = nil) {
        self.type = type
        self.message = message
        self.context = context
    }

    /// An error whose reason is part of the message and of the context.
    package static func parsing(_ type: String, _ what: String, _ reason: String, separator: String = ",")
        -> PolarValidationError
    {
        var context = JSONWriter(capacity: reason.utf8.count + 16)
        context.beginObject()
        context.member("error", string: reason)
        context.endObject()
        return PolarValidationError(
            type,
            "\(what)\(separator) \(reason)",
            context: String(decoding: context.bytes, as: UTF8.self)
        )
    }

    /// The same error about the JSON value at this location.
    package func at(_ location: [Step], input: ArraySlice<UInt8>) -> PolarValidationError {
        var error = self
        error.location = location
        error.input = input
        return error
    }

    /// The same error about the value at this location.
    package func at(_ location: [Step], input: JSONValue) -> PolarValidationError { at(location, input: input.raw) }

    /// The same error about a text at this location.
    package func at(_ location: [Step], text: String) -> PolarValidationError {
        var writer = JSONWriter(capacity: text.utf8.count + 2)
        writer.string(text)
        return at(location, input: writer.bytes[...])
    }

    /// The same error, its location as seen from further up.
    package func below(_ steps: [Step]) -> PolarValidationError { at(steps + location, input: input) }
}

/// What the adapter reads. The data that Polar repeats is left out.
extension PolarValidationError {
    /// The two shapes of an event; an event that fits neither is reported for both.
    private static let shapes: [Step] = ["EventCreateCustomer", "EventCreateExternalCustomer"]

    /// - Parameter detail: an entry of the list `detail`.
    init(_ detail: JSONValue) {
        self.init(detail["type"]?.string ?? "", detail["msg"]?.string ?? "")
        location =
            detail["loc"]?.elements.map { step in
                if let index = step.int64, let number = Int(exactly: index) { return .index(number) }
                return .name(step.string ?? step.numberText ?? "?")
            } ?? []
    }

    /// Which event of the request it is about; nil if none is named.
    var eventIndex: Int? {
        guard location.count >= 3, location[0] == "body", location[1] == "events",
            case .index(let index) = location[2], index >= 0
        else { return nil }
        return index
    }

    /// The way to the value within its event.
    private var path: [String] {
        location.dropFirst(3).filter { !Self.shapes.contains($0) }.map { step in
            switch step {
            case .name(let name): name
            case .index(let index): "\(index)"
            }
        }
    }

    /// Path and reason, as in `metadata.region: String should have at most 500 characters`.
    var summary: String { "\(path.joined(separator: ".")): \(message)" }

    /// Whether the timestamp is ahead of Polar's clock.
    var isFutureTimestamp: Bool { path == ["timestamp"] && message.contains("in the past") }

    /// Whether the token belongs to a person or an application, so that the event must name an organization.
    var wantsOrganization: Bool { type == "missing" && path == ["organization_id"] }

    /// Whether the token is an organization's own, so that nothing may name an organization beside it.
    var refusesOrganization: Bool { type == "organization_token" }

    /// Whether the customer or member does not exist there.
    var isUnknownCustomer: Bool { type == "customer_id" || type == "member_id" }

    /// The errors of one event without what repeats or follows from others: an event is reported for the shape that it does not have as
    /// well, as lacking the other kind of customer, and most errors are reported twice.
    static func distinct(_ errors: [PolarValidationError]) -> [PolarValidationError] {
        let real = errors.filter {
            !($0.type == "missing" && ["customer_id", "external_customer_id"].contains($0.path.last))
        }
        var seen: Set<String> = []
        return (real.isEmpty ? errors : real).filter { seen.insert($0.summary).inserted }
    }
}
