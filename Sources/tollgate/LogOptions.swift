import ArgumentParser
import Foundation
import Logging
import Observability

/// The options of commands that log.
struct LogOptions: ParsableArguments {
    /// The levels, as words of the command line.
    enum Level: String, CaseIterable, ExpressibleByArgument {
        case trace, debug, info, notice, warning, error, critical

        var level: Logger.Level {
            switch self {
            case .trace: .trace
            case .debug: .debug
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            case .critical: .critical
            }
        }
    }

    @Option(help: "Minimum log level (env: TOLLGATE_LOG_LEVEL).")
    var logLevel = ProcessInfo.processInfo.environment["TOLLGATE_LOG_LEVEL"].flatMap { Level(rawValue: $0) } ?? .info

    @Option(
        help: "Log format: json, text, or auto for text on a terminal and JSON elsewhere (env: TOLLGATE_LOG_FORMAT)."
    )
    var logFormat =
        ProcessInfo.processInfo.environment["TOLLGATE_LOG_FORMAT"].flatMap { LogFormat(rawValue: $0) } ?? .auto

    mutating func validate() throws {
        let levels = Level.allCases.map(\.rawValue).joined(separator: ", ")
        try Variable.check("TOLLGATE_LOG_LEVEL", is: "one of \(levels)") { Level(rawValue: $0) != nil }
        try Variable.check("TOLLGATE_LOG_FORMAT", is: "json, text or auto") { LogFormat(rawValue: $0) != nil }
    }

    /// Messages go to standard error, since standard output has data.
    var output: LogOutput { LogOutput(format: logFormat, level: logLevel.level) }
}

extension LogFormat: ExpressibleByArgument {}
