import ArgumentParser
import Foundation

/// Settings from the environment. One that cannot be used is an error: a gateway that falls back in silence listens where nobody looks.
enum Variable {
    /// - Throws: `ValidationError` if the variable is set to something else.
    static func check(_ name: String, is what: String, _ isRight: (String) -> Bool) throws {
        guard let value = ProcessInfo.processInfo.environment[name], !isRight(value) else { return }
        throw ValidationError("the variable \(name) must be \(what), and is \"\(value)\"")
    }

    /// A limit from its option, else from its variable; nil if neither is given.
    static func limit(_ name: String, else given: Int?, option: String) throws -> Int? {
        try check(name, is: "a whole number of at least 1") { Int($0).map { $0 > 0 } ?? false }
        if let given, given < 1 { throw ValidationError("\(option) must be at least 1") }
        return given ?? ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
}
