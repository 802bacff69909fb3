package import Logging

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// How log lines look.
package enum LogFormat: String, Sendable, CaseIterable {
    /// Text on a terminal, JSON elsewhere.
    case auto
    /// One JSON object a line.
    case json
    /// Aligned text for people.
    case text
}

/// Makes the loggers of a process: all write whole lines to standard error, in one format, from one level on.
package struct LogOutput: Sendable {
    private let level: Logger.Level
    private let isJSON: Bool

    package init(format: LogFormat, level: Logger.Level) {
        self.level = level
        isJSON =
            switch format {
            case .json: true
            case .text: false
            case .auto: isatty(STDERR_FILENO) == 0
            }
    }

    /// A logger whose lines bear this label.
    package func logger(_ label: String) -> Logger {
        var logger = Logger(label: label) { label in LineLogHandler(label: label, isJSON: isJSON) }
        logger.logLevel = level
        return logger
    }
}

/// Writes each message as one line, in one call, so that lines of several threads do not mix.
struct LineLogHandler: LogHandler {
    let label: String
    let isJSON: Bool
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let merged = event.metadata.map { metadata.merging($0) { $1 } } ?? metadata
        let line = LogLine(
            time: LogTime.now(),
            level: event.level,
            label: label,
            message: event.message.description,
            metadata: merged.map { ($0.key, $0.value.description) }.sorted { $0.0 < $1.0 }
        )
        let bytes = isJSON ? line.json : line.text
        // Logging must never stop the gateway: a line that cannot be written, as into a closed pipe, is lost.
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
