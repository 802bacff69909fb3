import ArgumentParser
import Client
import Events
import Foundation

/// `tollgate send`: posts a file of events.
struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send a file of events. Running it again sends nothing twice.",
        discussion: """
            The file contains JSON: one event per line, an array, {"events": [...]}, or concatenated values; canonical events or \
            CloudEvents; plain or gzip. An event without an ID gets one derived from the source, its content and how often that content \
            occurred before, so the same line in two files is two events. The source is the file's path unless --source sets it. It is \
            stored with the progress in FILE.tollgate-progress; move that file together with FILE.
            """
    )

    @Argument(help: "File, or - for standard input.")
    var file: String

    @Option(help: "Source name from which IDs are derived for events without one.")
    var source: String?

    @Flag(help: "Reject events without an ID.")
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
            Terminal.message("Accepted events stay accepted. Run the command again to continue.")
            throw ExitCode(1)
        }
        report(summary, ContinuousClock.now - start)
        if summary.refusedCount > 0 { throw ExitCode(1) }
    }

    private func report(_ summary: EventFileSender.Summary, _ duration: Duration) {
        for fault in summary.refused.prefix(20) { Terminal.note("\(file):\(fault.position): \(fault.message)") }
        if summary.refusedCount > 20 { Terminal.message("and \(summary.refusedCount - 20) more") }
        let seconds = max(duration.seconds, 0.001)
        let rate = Int(Double(summary.accepted + summary.duplicates) / seconds)
        Terminal.message(
            "\(summary.accepted) accepted, \(summary.duplicates) duplicates, \(summary.refusedCount) refused, "
                + "\(summary.skipped) sent by an earlier run; \(rate) events/s"
        )
    }
}

/// A progress bar on a terminal; nothing elsewhere.
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
