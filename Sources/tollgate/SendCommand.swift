import ArgumentParser
import Client
import Foundation

/// `tollgate send`: posts a file of events.
struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Post a file of events; a second run sends nothing twice.",
        discussion: """
            The file holds one event a line, a JSON array, or {"events": [...]}; - reads standard input. Events without an id get \
            one that follows from the file's name and their content. How far a run got is kept in FILE.tollgate-progress.
            """
    )

    @Argument(help: "The file, or - for standard input.")
    var file: String

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        let isInput = file == "-"
        let content =
            isInput ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: file)
        guard let content else {
            Terminal.message("\(file) cannot be read")
            throw ExitCode(1)
        }
        let events = EventFile([UInt8](content), name: URL(filePath: file).lastPathComponent)
        let progressFile = isInput ? nil : URL(filePath: file + ".tollgate-progress")
        let sender = EventFileSender(client: try gateway.client, progressFile: progressFile)
        let start = ContinuousClock.now
        do {
            let summary = try await sender.send(events) { ProgressBar.show($0, of: $1) }
            report(summary, ContinuousClock.now - start)
            if !summary.refused.isEmpty { throw ExitCode(1) }
        } catch let failure as EventFileSender.Failure {
            Terminal.message("\(failure)")
            Terminal.message("What was accepted until then stays so; run the command again to go on.")
            throw ExitCode(1)
        }
    }

    private func report(_ summary: EventFileSender.Summary, _ duration: Duration) {
        for refused in summary.refused.prefix(20) {
            Terminal.note("\(file):\(refused.place): \(refused.message)")
        }
        if summary.refused.count > 20 { Terminal.message("and \(summary.refused.count - 20) more") }
        let seconds = max(Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18, 0.001)
        let rate = Int(Double(summary.accepted + summary.duplicates) / seconds)
        Terminal.message(
            "\(summary.accepted) accepted, \(summary.duplicates) duplicates, \(summary.refused.count) refused, "
                + "\(summary.skipped) sent by an earlier run; \(rate) events/s"
        )
    }
}

/// A bar on a terminal; nothing where nobody looks.
enum ProgressBar {
    static func show(_ done: Int, of total: Int) {
        guard Terminal.isWatched, total > 0 else { return }
        let filled = done * 40 / total
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: 40 - filled)
        let end = done == total ? "\n" : ""
        Terminal.bar("\r[\(bar)] \(done) of \(total)\(end)")
    }
}
