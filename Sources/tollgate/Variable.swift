import ArgumentParser
import Foundation

/// Settings from the environment. An invalid one is an error, never silently replaced by the default.
enum Variable {
    /// - Throws: `ValidationError` if the variable is set to something else.
    static func check(_ name: String, is what: String, _ isRight: (String) -> Bool) throws {
        guard let value = ProcessInfo.processInfo.environment[name], !isRight(value) else { return }
        throw ValidationError("environment variable \(name) must be \(what); found \"\(value)\"")
    }

    /// A limit from its option, else from its variable; nil if neither is given.
    /// - Parameter most: far above any sensible value, so that arithmetic with a limit does not overflow.
    static func limit(_ name: String, else given: Int?, option: String, most: Int = 1_000_000_000) throws -> Int? {
        try check(name, is: "an integer from 1 to \(most)") { Int($0).map { (1...most).contains($0) } ?? false }
        if let given, !(1...most).contains(given) { throw ValidationError("\(option) must be from 1 to \(most)") }
        return given ?? ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
}
