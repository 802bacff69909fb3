import ArgumentParser
import Client
import Events
import JSON

/// `tollgate events void ID`: takes an event back at the vendors that have it.
struct VoidCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "void",
        abstract: "Take an event back at the vendors that have it.",
        discussion: """
            Sends each vendor what takes the event off the bill there: an event with the negative value, one that replaces the first, \
            or one that removes a unique value. Where a vendor offers nothing, it says so and sends nothing. The same void twice is \
            one. Ends with status 1 if the event can be corrected nowhere.
            """
    )

    @OptionGroup var correction: CorrectionOptions

    mutating func run() async throws {
        try await correction.send(.void, properties: nil)
    }
}

/// `tollgate events adjust ID`: changes the properties of an event at the vendors that have it.
struct AdjustCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adjust",
        abstract: "Change an event's properties at the vendors that have it.",
        discussion: """
            The properties given take the place of those of the same name, and the others stay. A vendor that keeps events as they are \
            gets a further event with the difference. Ends with status 1 if the event can be corrected nowhere.
            """
    )

    @Option(help: "The properties that should be others, as a JSON object: '{\"units\": 4}'.")
    var properties: String

    @OptionGroup var correction: CorrectionOptions

    func validate() throws {
        guard JSONDocument(ifValid: Array(properties.utf8))?.root.kind == .object else {
            throw ValidationError("--properties must be a JSON object, such as '{\"units\": 4}'")
        }
    }

    mutating func run() async throws {
        try await correction.send(.adjust, properties: properties)
    }
}

/// The arguments of a correction.
struct CorrectionOptions: ParsableArguments {
    @Argument(help: "Event id.")
    var id: String

    @Option(help: "Why; kept in the audit log.")
    var reason: String

    @Option(
        help:
            "How the vendors' metric aggregates the event: \(MetricAggregate.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var aggregate: String?

    @Option(help: "The property that the metric aggregates.")
    var property: String?

    @Option(help: "Which of several events with this id.")
    var subscriptionId: String?

    @Flag(help: "Only say what would be sent; change nothing.")
    var dryRun = false

    @OptionGroup var response: ResponseOptions

    /// Sends the correction and prints what it does at each destination.
    /// - Parameter properties: a JSON object; nil for a void.
    func send(_ kind: CorrectionID.Kind, properties: String?) async throws {
        let path = "/v1/events/\(id.percentEncoded)/\(kind.rawValue)"
        let answer = try await response.gateway.post(path, body: body(properties))
        if let correction = response.toShow(answer) {
            Terminal.data(Terminal.table([CorrectionRows.header] + CorrectionRows.rows(correction)))
            for note in CorrectionRows.notes(correction) { Terminal.note(note) }
            if dryRun { Terminal.message("nothing was sent (--dry-run)") }
        }
        if answer.json.map(CorrectionRows.isPossible) != true { throw ExitCode.failure }
    }

    /// The body of the order; the gateway checks the members.
    func body(_ properties: String?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("reason", string: reason)
        if let properties { writer.member("properties", raw: Array(properties.utf8)) }
        if let aggregate { writer.member("aggregate", string: aggregate) }
        if let property { writer.member("property", string: property) }
        if let subscriptionId { writer.member("subscription_id", string: subscriptionId) }
        if dryRun { writer.member("dry_run", bool: true) }
        writer.endObject()
        return writer.bytes
    }
}

/// What a correction does at each destination of the event.
enum CorrectionRows {
    static let header = ["PROVIDER", "OUTCOME", "CORRECTION", "REASON"]

    /// A dash for a vendor that gets nothing, and for one that gives no reason.
    static func rows(_ correction: JSONValue) -> [[String]] {
        correction.elements(of: "destinations").map { destination in
            ["provider", "outcome"].map { destination[$0]?.string ?? "" }
                + ["correction", "reason"].map { destination[$0]?.string ?? "-" }
        }
    }

    /// The notes of all destinations, each once.
    static func notes(_ correction: JSONValue) -> [String] {
        var notes: [String] = []
        for destination in correction.elements(of: "destinations") {
            if let note = destination["note"]?.string, !notes.contains(note) { notes.append(note) }
        }
        return notes
    }

    /// Whether the event can be corrected somewhere.
    static func isPossible(_ correction: JSONValue) -> Bool {
        correction.elements(of: "destinations").contains { $0["outcome"]?.string != "impossible" }
    }
}
