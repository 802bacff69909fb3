import Foundation
import Logging
import Observability

/// A log that is written to a file, and what stands in the file.
struct LogFile {
    let output: LogOutput
    private let handle: FileHandle
    private let file: URL

    /// - Parameter file: does not exist yet.
    init(
        _ file: URL,
        format: LogFormat = .text,
        level: Logger.Level = .trace,
        limitBytes: Int = 4 << 20
    ) throws {
        _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        handle = try FileHandle(forWritingTo: file)
        self.file = file
        output = LogOutput(format: format, level: level, writingTo: handle.fileDescriptor, limitBytes: limitBytes)
    }

    /// The lines without the time, when all of them are written.
    func lines() throws -> [String] {
        output.flush(within: .seconds(300))
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        return text.components(separatedBy: "\n").dropLast().map { line in
            line.replacing(#/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/#, with: "TIME")
        }
    }
}
