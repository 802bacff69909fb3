import Client
import JSON

/// Follows a backfill until it has ended: with a bar on a terminal, with a line periodically elsewhere.
struct BackfillProgress {
    private let number: String
    private let gateway: GatewayOptions

    private static let interval = Duration.milliseconds(500)
    /// Without a terminal, a line at least this often.
    private static let lineInterval = Duration.seconds(10)

    init(_ number: String, at gateway: GatewayOptions) {
        self.number = number
        self.gateway = gateway
    }

    /// - Returns: whether everything was delivered.
    func follow() async throws -> Bool {
        var (lastLine, lastState) = (ContinuousClock.now - Self.lineInterval, "")
        while true {
            let answer = try await gateway.get("/v1/backfills/\(number)")
            guard let root = answer.json else { return false }
            let backfill = BackfillText(root)
            if Terminal.isWatched {
                Terminal.bar("\(Terminal.bar(of: backfill.part)) \(backfill.status)")
                if backfill.hasEnded { Terminal.keepBar() }
            } else if backfill.state != lastState || .now - lastLine >= Self.lineInterval {
                Terminal.message("backfill \(number): \(backfill.status)")
                (lastLine, lastState) = (.now, backfill.state)
            }
            if backfill.hasEnded { return backfill.hasSucceeded }
            try await Task.sleep(for: Self.interval)
        }
    }
}
