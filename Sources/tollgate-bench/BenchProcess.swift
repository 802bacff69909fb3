import AsyncHTTPClient
import Foundation
import NIOCore

/// A process of the benchmark: started from the folder that this program is in, ended by its id.
struct BenchProcess {
    private let process = Process()

    init(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
            path: program
        )
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
    }

    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    /// The most memory that the process held at once, in megabytes.
    var peakMemory: Int {
        let text = FileManager.default.contents(atPath: "/proc/\(process.processIdentifier)/status").map {
            String(decoding: $0, as: UTF8.self)
        }
        let line = text?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return kilobytes / 1024
    }

    /// Runs a program to its end and reads what it printed as a JSON object.
    static func output(_ program: String, _ arguments: [String]) throws -> [String: Int] {
        let process = Process()
        process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
            path: program
        )
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONSerialization.jsonObject(with: data) as? [String: Int] ?? [:]
    }

    /// Waits until somebody answers at the address.
    static func waitForAnswer(_ address: String) async throws {
        for _ in 0..<400 {
            do {
                _ = try await HTTPClient.shared.get(url: address).get()
                return
            } catch {
                try await Task.sleep(for: .milliseconds(25))
            }
        }
        throw BenchFailure(description: "nobody answered at \(address)")
    }
}

/// The benchmark could not be carried out.
struct BenchFailure: Error, CustomStringConvertible {
    let description: String
}
