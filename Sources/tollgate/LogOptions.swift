import ArgumentParser
import Foundation
import Logging
import Observability

/// The options of commands that log.
struct LogOptions: ParsableArguments {
    @Option(help: "The least level to log: trace, debug, info, notice, warning, error or critical.")
    var logLevel: Logger.Level = ProcessInfo.processInfo.environment["TOLLGATE_LOG_LEVEL"].flatMap(Logger.Level.init) ?? .info

    @Option(help: "json, text, or auto: text on a terminal, JSON elsewhere.")
    var logFormat: LogFormat = ProcessInfo.processInfo.environment["TOLLGATE_LOG_FORMAT"].flatMap(LogFormat.init) ?? .auto

    var output: LogOutput { LogOutput(format: logFormat, level: logLevel) }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
extension LogFormat: ExpressibleByArgument {}
