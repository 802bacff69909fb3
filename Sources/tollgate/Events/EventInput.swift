import ArgumentParser
import Foundation

/// One event as JSON, from a file or standard input.
struct EventInput: ParsableArguments {
    @Argument(help: "File with one event as JSON (default: standard input).")
    var file: String?

    /// The bytes of the event.
    func read() throws -> [UInt8] {
        do {
            let event =
                try file.map { try Data(contentsOf: URL(filePath: $0)) } ?? FileHandle.standardInput.readToEnd()
                ?? Data()
            return [UInt8](event)
        } catch {
            throw ValidationError("\"\(file ?? "standard input")\" cannot be read")
        }
    }
}
