import Client

/// A progress bar on a terminal; nothing elsewhere.
final class ProgressBar {
    private var isShown = false

    /// Shows how far a run is.
    func show(_ progress: FileRun.Progress) {
        guard Terminal.isWatched else { return }
        isShown = true
        Terminal.bar(Self.text(progress))
    }

    /// The events so far, with a bar if the size of the file is known.
    static func text(_ progress: FileRun.Progress) -> String {
        guard let total = progress.fileBytes, total > 0 else { return "\(progress.events) events" }
        return "\(Terminal.bar(of: Double(progress.bytesRead) / Double(total))) \(progress.events) events"
    }

    /// Leaves the bar as it is.
    func end() {
        if isShown { Terminal.keepBar() }
    }
}
