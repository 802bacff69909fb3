package import JSON

/// What is wrong, or doubtful, at one place of `routes.json`.
package struct RoutesFault: Sendable, Equatable {
    /// How bad it is.
    package enum Severity: String, Sendable {
        /// The file cannot be used.
        case error
        /// The file can be used, but somebody may have meant something else.
        case warning
    }

    package let severity: Severity
    package let position: JSONPosition
    /// One sentence: what is wrong, and the way out.
    package let message: String

    /// For a terminal: `routes.json:14:22: unknown mode "primry" (did you mean "primary"?)`.
    package func line(in file: String) -> String {
        let word = severity == .warning ? "warning: " : ""
        return "\(file):\(position.line):\(position.column): \(word)\(message)"
    }
}

/// A file that cannot be used, with everything that is wrong in it.
package struct FaultyRoutes: Error, Sendable, Equatable {
    /// In the order of the file; errors and warnings.
    package let faults: [RoutesFault]
}
