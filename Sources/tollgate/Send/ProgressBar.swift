import Client

/// A progress bar on a terminal; nothing elsewhere.
final class ProgressBar {
    private var isShown = false

    /// Shows how far a run is.
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

    /// Leaves the bar as it is.
    func end() {
        if isShown { Terminal.bar("\n") }
    }
}
