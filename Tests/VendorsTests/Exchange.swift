import Events

/// One conversation with a vendor, as a text file states it: events, the request they make, and what each answer to it means.
///
/// The grammar, a line at a time; empty lines and those that start with `#` are skipped:
///
///     destination: {"rename": {"from": "to"}, "settings": {"nested": "flatten"}}   once, before the events
///     event: {"id": "evt-1", "name": "api_request", ...}          a canonical event, also "accepted_at" and "id_scope"
///     not before: 2030-01-01T00:00:00.000Z                        of the event above
///     untranslatable: properties.tags : needs this text           of the event above, which is then in no request
///     > POST /v1/events/ingest                                    and the content type, unless it is application/json
///     > {"events":[...]}                                          the body, byte for byte
///     < 200                                                       an answer; as many as wanted, each with its outcomes
///     < Content-Type: application/json
///     <
///     < {"inserted":1,"duplicates":0}                             the body; several lines are joined by line feeds
///     = all delivered                                             one outcome for all,
///     = reject invalid_event : needs this text                    or a line for each event,
///     = unnamed invalid_event                                     or "one of them"
///     ! someone@example.com                                       must not stand in any fault of this answer
///
/// An outcome is `delivered`, `delivered deduplicated`, `resend`, or one of `retry`, `ambiguous`, `reject`, `park` with an error code;
/// `retry` may end in `after 60s`, `after 250ms` or `at 2030-01-01T00:00:00.000Z`. A text behind ` : ` must be in the fault.
struct Exchange: Sendable {
    var settings = DestinationSettings()
    var rename: [ExactText: ExactText] = [:]
    var events: [Event] = []
    var request: Request?
    var answers: [Answer] = []

    struct Event: Sendable {
        let line: Int
        let event: AcceptedEvent
        var notBefore: Timestamp?
        var refusal: Refusal?
    }

    /// What is expected of an event that cannot be translated.
    struct Refusal: Sendable {
        let line: Int
        let field: String
        let fragment: String
    }

    struct Request: Sendable {
        let line: Int
        let method: String
        let path: String
        let contentType: String
        var body: String?
    }

    struct Answer: Sendable {
        let line: Int
        let status: Int
        var headers: [(name: String, value: String)] = []
        var body: String?
        var outcomes: [Expectation] = []
        /// Texts that must be in no fault.
        var secrets: [String] = []
    }

    /// An outcome in the words of the grammar.
    struct Expectation: Sendable {
        let line: Int
        let text: String
        let fragment: String?
    }
}

/// A line of an exchange that does not follow the grammar.
struct ExchangeFault: Error, CustomStringConvertible {
    let file: String
    let line: Int
    let message: String

    var description: String { "\(file):\(line): \(message)" }
}
