import Synchronization

/// Shows how far something long has come: with a bar on a terminal, with a line periodically elsewhere.
final class ProgressLine: Sendable {
    private struct State {
        var phase: String?
        var lastShown = ContinuousClock.now
    }

    private let state = Mutex(State())

    /// On a terminal.
    private static let barInterval = Duration.milliseconds(100)
    /// Elsewhere, so that a log does not fill up.
    private static let lineInterval = Duration.seconds(5)

    /// - Parameters:
    ///   - phase: what is done now; a new one is shown at once.
    ///   - part: from 0 to 1.
    func show(_ phase: String, _ text: String, part: Double) {
        let isWatched = Terminal.isWatched
        let isDue = state.withLock { state in
            let interval = isWatched ? Self.barInterval : Self.lineInterval
            let now = ContinuousClock.now
            guard state.phase != phase || now - state.lastShown >= interval else { return false }
            (state.phase, state.lastShown) = (phase, now)
            return true
        }
        guard isDue else { return }
        if isWatched {
            Terminal.bar("\(Terminal.bar(of: part)) \(text)")
        } else {
            Terminal.message(text)
        }
    }

    /// Shows so many of so many.
    func show(_ phase: String, _ done: Int64, of total: Int64) {
        show(phase, "\(phase): \(done) of \(total)", part: total > 0 ? Double(done) / Double(total) : 1)
    }

    /// Removes the bar.
    func end() {
        if Terminal.isWatched { Terminal.clearBar() }
    }
}
