import Foundation
import TestSupport

/// Runs commands on the journal of a stage.
struct JournalStage {
    let stage: Stage

    var backup: URL { stage.folder.appending(path: "backup") }

    /// What a command has said, and how it ended.
    struct Outcome {
        let status: Int32
        let lines: [String]

        var text: String { lines.joined(separator: "\n") }
    }

    /// Runs `tollgate journal …` on the stage's data folder, or on another.
    func run(_ arguments: [String], on folder: URL? = nil) async throws -> Outcome {
        let command = try ChildProcess(
            "tollgate",
            ["journal"] + arguments + ["--data", (folder ?? stage.dataFolder).path]
        )
        let status = try await command.waitForExit()
        return Outcome(status: status, lines: command.lines)
    }

    /// Sends events `PREFIX-1` to `PREFIX-N`, each with so many bytes that do not compress.
    func send(_ count: Int, named prefix: String, noiseBytes: Int = 0) async throws {
        for start in stride(from: 1, through: count, by: 100) {
            let events = (start..<min(start + 100, count + 1)).map { number in
                let noise = noiseBytes == 0 ? "" : #","noise":"\#(Self.noise(noiseBytes, number))""#
                return #"{"id":"\#(prefix)-\#(number)","name":"api_request","customer_id":"c\#(number % 7)","#
                    + #""properties":{"units":\#(number)\#(noise)}}"#
            }
            let answer = try await stage.client.post("/v1/events", "[\(events.joined(separator: ","))]")
            guard answer.status == 202 else { throw UnexpectedAnswer(answer: answer) }
        }
    }

    private static func noise(_ count: Int, _ seed: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return String(decoding: (0..<count).map { _ in UInt8.random(in: 97...122, using: &generator) }, as: UTF8.self)
            + "\(seed)"
    }

    /// A gateway with the stage's routes over another data folder.
    func withGateway(on folder: String, _ body: (Stage) async throws -> Void) async throws {
        let other = try stage.another(folder)
        try await other.withGateway { _ in try await body(other) }
    }
}
