import ArgumentParser
import Client
import Events

/// Sends a file of events, and tells the terminal about it.
struct FileSending {
    /// `-` for standard input.
    let path: String
    /// From which IDs are derived; nil for the one that the file was sent with before, or its path.
    let source: String?
    /// Whether events without an ID are refused rather than given one.
    let requiresIDs: Bool
    /// Reads the file; nil for events in the gateway's own shape.
    var reading: FileRun.ReaderMaker?
    /// What is asked of the gateway for all events.
    var terms = SendTerms()

    /// Faults beyond these are only counted.
    static let mostShown = 20

    /// - Returns: whether nothing was refused.
    /// - Throws: the exit code, if sending had to stop.
    func run(by client: GatewayClient) async throws -> Bool {
        let start = ContinuousClock.now
        var summary = EventFileSender.Summary()
        let bar = ProgressBar()
        let run = FileRun(
            path: path,
            source: source,
            requiresIDs: requiresIDs,
            reading: reading,
            terms: terms,
            onProgress: bar.show,
            onMessage: { Terminal.message($0) }
        )
        do throws(SendFailure) {
            try await run.send(by: client, into: &summary)
            bar.end()
        } catch {
            bar.end()
            if summary.accepted + summary.duplicates + summary.refusedCount + summary.skipped + summary.known > 0 {
                report(summary, ContinuousClock.now - start)
            }
            Terminal.message("\(path): \(error)")
            if case .file = error { throw ExitCode(1) }
            Terminal.message("Accepted events stay accepted. Run the command again to continue.")
            throw ExitCode(1)
        }
        report(summary, ContinuousClock.now - start)
        return summary.refusedCount == 0
    }

    private func report(_ summary: EventFileSender.Summary, _ duration: Duration) {
        for line in Self.lines(summary, of: path, in: duration) { Terminal.note(line) }
    }

    /// The first faults, then the counts.
    static func lines(_ summary: EventFileSender.Summary, of path: String, in duration: Duration) -> [String] {
        let shown = summary.refused.prefix(mostShown)
        var lines = shown.map { "\(path):\($0.position): \($0.message)" }
        if summary.refusedCount > shown.count { lines.append("and \(summary.refusedCount - shown.count) more") }
        let seconds = max(duration.seconds, 0.001)
        let rate = Int(Double(summary.accepted + summary.duplicates) / seconds)
        lines.append(
            "\(summary.accepted) accepted, \(summary.duplicates) duplicates, \(summary.refusedCount) refused, "
                + "\(summary.skipped) sent by an earlier run; \(rate) events/s"
        )
        if summary.known > 0 { lines.append(ImportText.known(summary.known)) }
        return lines
    }
}
