/// When spans are exported, and what happens to those that the collector did not take. A value that is told what happened.
package struct ExportSchedule: Sendable, Equatable {
    /// How a request ended.
    package enum End: Sendable, Equatable {
        case answered(status: Int)
        case unanswered
    }

    /// What to do with the spans of the request.
    package enum Verdict: Sendable, Equatable {
        case exported
        /// Send them again after the pause.
        case again
        /// The collector does not want them, or was away for too long.
        case discard
    }

    /// Maximum number of spans in a request.
    package static let most = 512
    /// How long spans are gathered.
    package static let interval = Duration.seconds(1)

    private static let longestPause = Duration.seconds(30)
    /// About two minutes.
    private static let mostTries = 8

    /// Failures of the same spans in a row, after which the same spans may be sent again.
    private var tries = 0
    /// Whether the last request did not export its spans.
    package private(set) var isFailing = false

    package init() {}

    /// How long to wait until the next request.
    package var pause: Duration { min(Self.interval * (1 << min(tries, 10)), Self.longestPause) }

    /// A request has ended.
    package mutating func ended(_ end: End) -> Verdict {
        switch end {
        case .answered(200..<300):
            (tries, isFailing) = (0, false)
            return .exported
        // The others are no reasons to try again (OTLP specification, "Retryable Response Codes").
        case .answered(429), .answered(502), .answered(503), .answered(504), .unanswered:
            (tries, isFailing) = (tries + 1, true)
            guard tries >= Self.mostTries else { return .again }
            tries = Self.mostTries - 1
            return .discard
        case .answered:
            (tries, isFailing) = (0, true)
            return .discard
        }
    }
}
