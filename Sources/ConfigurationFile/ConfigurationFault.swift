package import JSON

/// An error or warning at one position of a configuration file.
package struct ConfigurationFault: Sendable, Equatable {
    /// How bad it is.
    package enum Severity: String, Sendable {
        /// The file cannot be used.
        case error
        /// The file can be used, but something else may have been meant.
        case warning
    }

    package let severity: Severity
    package let position: JSONPosition
    /// One sentence: what is wrong, and how to fix it.
    package let message: String

    package init(severity: Severity, position: JSONPosition, message: String) {
        self.severity = severity
        self.position = position
        self.message = message
    }

    /// For a terminal: `routes.json:14:22: unknown mode "primry" (did you mean "primary"?)`.
    package func line(in file: String) -> String {
        let word = severity == .warning ? "warning: " : ""
        return "\(file):\(position.line):\(position.column): \(word)\(message)"
    }
}

extension [ConfigurationFault] {
    /// The faults, one per line.
    package func lines(in file: String) -> String {
        map { $0.line(in: file) }.joined(separator: "\n")
    }
}

/// A file that cannot be used, with everything that is wrong in it.
package struct FaultyConfiguration: Error, Sendable, Equatable {
    /// In the order of the file; errors and warnings.
    package let faults: [ConfigurationFault]

    package init(faults: [ConfigurationFault]) {
        self.faults = faults
    }

    /// A file that is not JSON.
    package init(_ error: JSONError) {
        let message = "this is not JSON: \(error.message)"
        self.init(faults: [ConfigurationFault(severity: .error, position: error.position, message: message)])
    }
}
