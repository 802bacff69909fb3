package import Logging

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The format of log lines.
package enum LogFormat: String, Sendable, CaseIterable {
    /// Text on a terminal, JSON elsewhere.
    case auto
    /// One JSON object per line.
    case json
    /// Aligned text for people.
    case text
}

/// The log of a process: whole lines on standard error, in one format, from one level on.
///
/// Logging never waits for the reader of the log; see ``droppedLines``. ``flush(within:)`` before the process ends, so that its last lines
/// are written.
package struct LogOutput: Sendable {
    private let level: Logger.Level
    private let isJSON: Bool
    private let queue: LogQueue

    /// The buffer for a slow reader of the log: some ten thousand lines.
    private static let limitBytes = 4 << 20

    /// - Parameter descriptor: the open file that takes the lines.
    package init(format: LogFormat, level: Logger.Level, writingTo descriptor: Int32 = STDERR_FILENO) {
        self.init(format: format, level: level, writingTo: descriptor, limitBytes: Self.limitBytes)
    }

    /// - Parameter limitBytes: how much may wait for the reader; more is dropped and counted.
    package init(format: LogFormat, level: Logger.Level, writingTo descriptor: Int32, limitBytes: Int) {
        self.level = level
        let isJSON =
            switch format {
            case .json: true
            case .text: false
            case .auto: isatty(descriptor) == 0
            }
        self.isJSON = isJSON
        queue = LogQueue(writingTo: descriptor, limitBytes: limitBytes) { missing in
            var line = LogLine(
                isJSON: isJSON,
                time: LogTime.now,
                level: .warning,
                label: "tollgate.log",
                message: "log lines were dropped because the log was not read fast enough"
            )
            line.member("lines", integer: missing)
            return line.end { Array($0) }
        }
    }

    /// A logger whose lines have this label.
    package func logger(_ label: String) -> Logger {
        var logger = Logger(label: label) { label in LineLogHandler(label: label, output: self) }
        logger.logLevel = level
        return logger
    }

    /// Whether lines of this level are written.
    package func takes(_ level: Logger.Level) -> Bool { self.level <= level }

    /// Writes one line, if its level is taken: what a logger does, without its dictionaries.
    package func write(
        _ level: Logger.Level,
        _ message: String,
        label: String,
        _ addMembers: (inout LogLine) -> Void
    ) {
        guard takes(level) else { return }
        var line = LogLine(isJSON: isJSON, time: LogTime.now, level: level, label: label, message: message)
        addMembers(&line)
        line.end { queue.append($0) }
    }

    /// Lines that were dropped since the start because nobody read the log.
    package var droppedLines: Int { queue.droppedLines }

    /// Returns when all lines are written, or after this time if nobody reads them.
    package func flush(within limit: Duration = .seconds(2)) {
        queue.flush(within: limit)
    }
}

/// Writes each message of a logger as one line.
struct LineLogHandler: LogHandler {
    let label: String
    let output: LogOutput
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let merged = event.metadata.map { metadata.merging($0) { $1 } } ?? metadata
        output.write(event.level, event.message.description, label: label) { line in
            for (name, value) in merged.sorted(by: { $0.key < $1.key }) { line.member(named: name, value.description) }
        }
    }
}
