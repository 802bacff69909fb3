import ArgumentParser
import Foundation

/// Settings from the environment. An invalid one is an error, never silently replaced by the default.
enum Variable {
    /// - Parameter what: the values that are right, as in `must be true or false`.
    /// - Throws: `ValidationError` if the variable is set to something else.
    static func check(
        _ name: String,
        is what: String,
        in environment: [String: String] = ProcessInfo.processInfo.environment,
        _ isRight: (String) -> Bool
    ) throws {
        guard let value = environment[name], !isRight(value) else { return }
        throw ValidationError("environment variable \(name) must be \(what); found \"\(value)\"")
    }

    /// A limit from its option, else from its variable; nil if neither is given.
    /// - Parameter bounds: by default far above any sensible value, so that arithmetic with a limit does not overflow.
    /// - Throws: `ValidationError` if one of them is outside of the bounds, even if the other is used.
    static func limit(
        _ name: String,
        else given: Int?,
        option: String,
        in bounds: ClosedRange<Int> = 1...1_000_000_000,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> Int? {
        let range = "from \(bounds.lowerBound) to \(bounds.upperBound)"
        try check(name, is: "an integer \(range)", in: environment) { text in
            Int(text).map { bounds.contains($0) } ?? false
        }
        if let given, !bounds.contains(given) { throw ValidationError("\(option) must be \(range)") }
        return given ?? environment[name].flatMap { Int($0) }
    }
}
