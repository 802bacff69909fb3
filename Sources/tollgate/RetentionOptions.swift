import ArgumentParser
import ConfigurationFile
import Foundation

/// What a gateway's own options say of the room that its journal has, for commands that forecast it.
struct RetentionOptions: ParsableArguments {
    @Option(help: "How long the gateway keeps settled events (default: 35d; env: TOLLGATE_RETENTION).")
    var retention: String?

    @Option(help: "Maximum megabytes that the gateway was given (env: TOLLGATE_DISK_LIMIT_MB).")
    var diskLimitMb: Int?

    mutating func validate() throws {
        retention = retention ?? ProcessInfo.processInfo.environment["TOLLGATE_RETENTION"]
        guard retention == nil || days > 0 else {
            throw ValidationError("--retention must be a duration from 1d to 3653d, such as 35d")
        }
        diskLimitMb = try Variable.limit("TOLLGATE_DISK_LIMIT_MB", else: diskLimitMb, option: "--disk-limit-mb")
    }

    /// Whole days, at least 1; 0 if the text is not such a duration.
    var days: Int {
        guard let retention else { return 35 }
        guard let duration = DurationText.read(retention) else { return 0 }
        let days = duration.components.seconds / 86_400
        return (1...3653).contains(days) ? Int(days) : 0
    }

    /// Nil without a limit. Bounded, so that no number of megabytes overflows.
    var diskLimitBytes: Int? { diskLimitMb.map { min($0, Int.max >> 20) << 20 } }
}
