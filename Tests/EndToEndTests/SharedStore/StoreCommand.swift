import Foundation
import TestSupport

/// Runs `tollgate` commands that work on the database of a stage.
struct StoreCommand: Sendable {
    let stage: Stage
    /// Beside what leads to the database.
    var environment: [String: String] = [:]

    /// What a command has said, and how it ended.
    struct Result: CustomStringConvertible {
        let status: Int32
        /// The lines of standard output.
        let output: [String]
        /// The lines of standard error.
        let messages: [String]

        var description: String { "exit \(status), output \(output), messages \(messages)" }

        /// The words of the first line of the output that begins with this one; none if there is no such line.
        func row(_ first: String) -> [String] {
            output.lazy.map { $0.split(separator: " ").map(String.init) }.first { $0.first == first } ?? []
        }
    }

    func run(_ arguments: String...) async throws -> Result {
        try await run(arguments)
    }

    func run(_ arguments: [String]) async throws -> Result {
        let files = ["output", "messages"].map { stage.folder.appending(path: "\($0)-\(UUID().uuidString)") }
        let process = try ChildProcess(
            path: "/bin/sh",
            ["-c", #"output=$1 messages=$2; shift 2; "$@" > "$output" 2> "$messages""#, "sh"] + files.map(\.path)
                + [ChildProcess.programs.appending(path: "tollgate").path] + arguments,
            environment: variables
        )
        let status = try await process.waitForExit()
        let lines = try files.map { file in
            try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        }
        return Result(status: status, output: lines[0], messages: lines[1])
    }

    /// Starts one that goes on while the test does something else.
    func start(_ arguments: String...) throws -> ChildProcess {
        try ChildProcess("tollgate", arguments, environment: variables)
    }

    private var variables: [String: String] {
        var variables = environment
        if case .shared(let address, let schema, _) = stage.store {
            variables["TOLLGATE_STORE"] = address
            variables["TOLLGATE_STORE_SCHEMA"] = schema
        }
        return variables
    }
}
