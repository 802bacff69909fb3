import Foundation

/// A process of the benchmark: a program beside this one, ended by its id.
struct BenchProcess {
    private let process = Process()
    private let name: String
    private let scratch: Scratch
    private let output: URL
    private let errors: URL

    /// - Parameter program: the file's name in the folder that this program is in.
    init(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        in scratch: Scratch
    ) throws {
        let own = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
        let mark = UUID().uuidString
        self.scratch = scratch
        name = ([program] + arguments.prefix(1)).joined(separator: " ")
        output = scratch.folder.appending(path: "\(mark).out")
        errors = scratch.folder.appending(path: "\(mark).err")
        for file in [output, errors] { try Data().write(to: file) }
        process.executableURL = own.deletingLastPathComponent().appending(path: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        do {
            try process.run()
        } catch {
            throw BenchFailure(description: "cannot start \(process.executableURL?.path ?? program): \(error)")
        }
        scratch.started(process.processIdentifier)
    }

    var isRunning: Bool { process.isRunning }

    /// What the kernel says of the process.
    var usage: ProcessUsage { ProcessUsage(of: process.processIdentifier) }

    /// Waits for the process's own end and returns what it printed.
    func printed(within limit: Duration) async throws -> Data {
        try await waitForEnd(within: limit)
        guard !process.isRunning else { throw failure("did not end within \(limit)") }
        scratch.ended(process.processIdentifier)
        guard process.terminationStatus == 0 else { throw failure("ended with \(process.terminationStatus)") }
        return try Data(contentsOf: output)
    }

    /// Sends a signal, such as `SIGKILL` or `SIGSTOP`.
    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Asks the process to end, and ends it if it does not.
    func stop() async {
        if process.isRunning { process.terminate() }
        do {
            try await waitForEnd(within: .seconds(20))
        } catch {
            // Cancelled: there is no time to wait for it.
        }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        scratch.ended(process.processIdentifier)
    }

    /// Deletes what the process wrote: the log of a gateway under load fills a disk in minutes.
    func deleteOutput() throws {
        for file in [output, errors] { try FileManager.default.removeItem(at: file) }
    }

    /// An error that tells the last of what the process wrote to standard error.
    func failure(_ what: String) -> BenchFailure {
        do {
            return BenchFailure(description: "\(name) \(what)\n\(try lastErrors())")
        } catch {
            return BenchFailure(description: "\(name) \(what), and its standard error cannot be read: \(error)")
        }
    }

    private func lastErrors() throws -> String {
        let file = try FileHandle(forReadingFrom: errors)
        let end = try file.seekToEnd()
        try file.seek(toOffset: end > 2000 ? end - 2000 : 0)
        return String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    }

    private func waitForEnd(within limit: Duration) async throws {
        let end = ContinuousClock.now + limit
        while process.isRunning, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(10)) }
    }
}
