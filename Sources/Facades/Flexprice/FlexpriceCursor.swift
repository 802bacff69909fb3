import Events

/// An event's position in a list, as Flexprice's keys have it: Unix nanoseconds, two colons, and what tells events of one timestamp apart.
/// There that is the event's id, here its number in the journal; to a client the key is opaque.
enum FlexpriceCursor {
    /// The cursor after an event: its time in nanoseconds and its number, in the form of Flexprice's own.
    static func text(_ event: ArchivedEvent) -> String {
        "\(event.event.timestamp.milliseconds)000000::\(event.sequence.rawValue)"
    }

    static func read(_ key: String) throws(EarlyAnswer) -> EventCursor {
        let parts = key.split(separator: "::", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw invalid("Invalid cursor key format") }
        guard let nanoseconds = Int64(parts[0]) else { throw invalid("Invalid timestamp while parsing cursor") }
        guard let sequence = SequenceNumber(text: parts[1]), sequence > 0 else {
            throw invalid("Invalid cursor key format")
        }
        return EventCursor(
            timestamp: Timestamp(milliseconds: nanoseconds / 1_000_000),
            sequence: sequence
        )
    }

    private static func invalid(_ message: String) -> EarlyAnswer {
        EarlyAnswer(FlexpriceFacadeErrors.failure(400, "validation_error", message))
    }
}
