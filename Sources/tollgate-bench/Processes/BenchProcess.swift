import Foundation
import TestSupport

/// A process of the benchmark: a program beside this one, ended by its id.
struct BenchProcess {
    private let process: ChildProcess
    private let name: String
    private let scratch: Scratch

    /// - Parameter program: the file's name in the folder that this program is in.
    init(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        in scratch: Scratch
    ) throws {
        let own = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
        let path = own.deletingLastPathComponent().appending(path: program).path
        self.scratch = scratch
        name = ([program] + arguments.prefix(1)).joined(separator: " ")
        do {
            process = try ChildProcess(path: path, arguments, environment: environment, separatesErrors: true)
        } catch {
            throw BenchFailure(description: "cannot start \(path): \(error)")
        }
        scratch.started(process.identifier)
    }

    var isRunning: Bool { process.isRunning }

    /// What the kernel says of the process.
    var usage: ProcessUsage { ProcessUsage(of: process.identifier) }

    /// Waits for the process's own end and returns what it printed.
    func printed(within limit: Duration) async throws -> Data {
        try await waitForEnd(within: limit)
        guard let status = process.exitStatus else { throw failure("did not end within \(limit)") }
        scratch.ended(process.identifier)
        guard status == 0 else { throw failure("ended with \(status)") }
        return Data(process.printed)
    }

    /// Sends a signal, such as `SIGKILL` or `SIGSTOP`.
    func signal(_ number: Int32) {
        if process.isRunning { kill(process.identifier, number) }
    }

    /// Asks the process to end, and ends it if it does not.
    func stop() async {
        signal(SIGTERM)
        do {
            try await waitForEnd(within: .seconds(20))
        } catch {
            // Cancelled: there is no time to wait for it.
        }
        signal(SIGKILL)
        while process.isRunning { await Task.yield() }
        scratch.ended(process.identifier)
    }

    /// An error that tells the last of what the process wrote to standard error.
    func failure(_ what: String) -> BenchFailure {
        BenchFailure(description: "\(name) \(what)\n\(process.lastErrors())")
    }

    /// Waits until the process has ended, or the limit has passed.
    private func waitForEnd(within limit: Duration) async throws {
        let end = ContinuousClock.now + limit
        while process.isRunning, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(10)) }
    }
}
