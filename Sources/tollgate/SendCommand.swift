import ArgumentParser
import Client
import Foundation

/// `tollgate send`: posts a file of events.
struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send a file of events; a second run sends nothing twice.",
        discussion: """
            The file holds JSON: one event per line, an array, {"events": [...]}, or values one after the other, as canonical events or \
            CloudEvents, plain or gzip; - reads standard input. An event without an ID gets one made from the file's source, its content \
            and how often it occurred before, so the same line in two files is two events, and a renamed file is still the same source. \
            The source is the file's path unless --source names it; it is kept with the progress in FILE.tollgate-progress, which \
            moves with the file.
            """
    )

    @Argument(help: "The file, or - for standard input.")
    var file: String

    @Option(help: "The name of the source, from which the IDs of events without one are made.")
    var source: String?

    @Flag(help: "Refuse events without an ID.")
    var requireIDs = false

    @OptionGroup var gateway: GatewayOptions

    func validate() throws {
        guard source?.isEmpty != true else { throw ValidationError("--source must not be empty") }
    }

    mutating func run() async throws {
        let client = try gateway.client
        let start = ContinuousClock.now
        var summary = EventFileSender.Summary()
        let bar = ProgressBar()
        let run = FileRun(
            path: file,
            source: source,
            requiresIDs: requireIDs,
            onProgress: bar.show,
            onMessage: { Terminal.message($0) }
        )
        do throws(SendFailure) {
            try await run.send(by: client, into: &summary)
            bar.end()
        } catch {
            bar.end()
            if summary.accepted + summary.duplicates + summary.refusedCount + summary.skipped > 0 {
                report(summary, ContinuousClock.now - start)
            }
            Terminal.message("\(file): \(error)")
            if case .file = error { throw ExitCode(1) }
            Terminal.message("Events that were accepted stay accepted; run the command again to continue.")
            throw ExitCode(1)
        }
        report(summary, ContinuousClock.now - start)
        if summary.refusedCount > 0 { throw ExitCode(1) }
    }

    private func report(_ summary: EventFileSender.Summary, _ duration: Duration) {
        for fault in summary.refused.prefix(20) { Terminal.note("\(file):\(fault.position): \(fault.message)") }
        if summary.refusedCount > 20 { Terminal.message("and \(summary.refusedCount - 20) more") }
        let seconds = max(Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18, 0.001)
        let rate = Int(Double(summary.accepted + summary.duplicates) / seconds)
        Terminal.message(
            "\(summary.accepted) accepted, \(summary.duplicates) duplicates, \(summary.refusedCount) refused, "
                + "\(summary.skipped) sent by an earlier run; \(rate) events/s"
        )
    }
}

/// A bar on a terminal; nothing where nobody looks.
private final class ProgressBar {
    private var isShown = false

    func show(_ progress: FileRun.Progress) {
        guard Terminal.isWatched else { return }
        isShown = true
        guard let total = progress.fileBytes, total > 0 else {
            return Terminal.bar("\r\(progress.events) events")
        }
        let filled = min(progress.bytesRead, total) * 40 / total
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: 40 - filled)
        Terminal.bar("\r[\(bar)] \(progress.events) events")
    }

    func end() {
        if isShown { Terminal.bar("\n") }
    }
}
