import ArgumentParser
import Foundation

/// One event as JSON, from a file or standard input.
struct EventInput: ParsableArguments {
    @Argument(help: "File with one event as JSON (default: standard input).")
    var file: String?

    /// No gateway accepts a larger event.
    private static let mostBytes = 32 << 20

    /// The bytes of the event.
    func read() throws -> [UInt8] {
        var event: [UInt8] = []
        do {
            let handle = try file.map { try FileHandle(forReadingFrom: URL(filePath: $0)) } ?? .standardInput
            while event.count <= Self.mostBytes, let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
                event += piece
            }
        } catch {
            throw ValidationError("\"\(file ?? "standard input")\" cannot be read")
        }
        guard event.count <= Self.mostBytes else {
            throw ValidationError("\"\(file ?? "standard input")\" has more than 32 MiB; it must be one event")
        }
        return event
    }
}
