import ConfigurationFile
import Events
import Parity
import Routing

/// The lines about watching providers: whether delivered events are read back and canaries are sent, and the results.
enum WatchLines {
    typealias Line = DoctorReport.Line

    /// Maximum number of lines about single providers, those with problems first.
    private static let mostLines = 20
    private static let day = Duration.seconds(86_400)

    static func unknown(_ reason: String) -> [Line] { [Line("watches", .warning, "not checked: \(reason)")] }

    /// - Parameter isRunning: whether a gateway runs: only then are events read back and canaries sent.
    static func lines(
        _ providers: [ProviderConfiguration],
        _ reports: [ProviderName: WatchReport],
        isRunning: Bool,
        at now: Timestamp
    ) -> [Line] {
        let watched = providers.compactMap { provider in
            reports[provider.name].map { line(provider, $0, isRunning: isRunning, at: now) }
        }
        let worst = watched.filter { $0.verdict != .well } + watched.filter { $0.verdict == .well }
        return [summary(providers, watched: watched.count)] + worst.prefix(mostLines)
    }

    private static func summary(_ providers: [ProviderConfiguration], watched: Int) -> Line {
        let off = providers.filter { $0.verify == nil && $0.canary == nil && $0.adapter.reader != nil }
        var parts = ["\(RoutesReport.count(watched, "provider")) watched"]
        if watched > mostLines { parts[0] += "; `tollgate providers watched` shows all" }
        if !off.isEmpty {
            let names = off.prefix(mostLines).map { "\($0.name)" }.joined(separator: ", ")
            let more = off.count > mostLines ? " and \(off.count - mostLines) more" : ""
            parts.append("off for \(names)\(more): \"verify\" and \"canary\" notice what a vendor accepts and loses")
        }
        return Line("watches", .well, parts.joined(separator: "; "))
    }

    private static func line(
        _ provider: ProviderConfiguration,
        _ report: WatchReport,
        isRunning: Bool,
        at now: Timestamp
    ) -> Line {
        let parts: [Part] = [
            report.verify.map { verify($0, isRunning: isRunning, at: now) } ?? (.well, "verify is off"),
            report.canary.map { canary($0, provider) } ?? (.well, "canary is off"),
        ]
        return Line(
            "watch \(provider.name)",
            parts.map(\.verdict).max() ?? .well,
            parts.map(\.text).joined(separator: "; ")
        )
    }

    private typealias Part = (verdict: DoctorReport.Verdict, text: String)

    // MARK: Reading back

    private static func verify(_ report: VerifyReport, isRunning: Bool, at now: Timestamp) -> Part {
        let since = now + (.zero - day)
        let name = "verify 1/\(report.oneIn)"
        if let first = report.lost.first {
            return (
                .problem,
                "\(name): \(events(report.lost.count)) lost after the vendor had accepted them, the first found at "
                    + "\(first.foundAt.rfc3339); `tollgate providers watched` names them, `tollgate parity run` finds others"
            )
        }
        if isRunning, now - report.checkedUpTo > VerifyReport.longestDelay {
            let reason = report.fault.map { ": \($0)" } ?? ""
            return (
                .warning,
                "\(name): read back up to \(report.checkedUpTo.rfc3339) only\(reason); the key must be allowed to read, "
                    + "and \"reads\": {\"share\"} large enough"
            )
        }
        let different = report.different(since: since)
        if different > 0 {
            return (
                .warning,
                "\(name): \(events(different)) shown with other values in a day; `tollgate parity run --level full` names "
                    + "them and the fields"
            )
        }
        let accepted = report.accepted > 0 ? ", \(report.accepted) accepted as lost" : ", none lost"
        return (.well, "\(name): \(events(report.verified(since: since))) read back in a day\(accepted)")
    }

    private static func events(_ count: Int) -> String { RoutesReport.count(count, "event") }

    // MARK: Canaries

    private static func canary(_ report: CanaryReport, _ provider: ProviderConfiguration) -> Part {
        let name = "canary every \(DurationText.write(report.every))"
        if let alarm = report.alarm {
            return (
                .problem,
                "\(name): \(alarm.reason), since \(alarm.since.rfc3339); look at `tollgate providers` for the last error, "
                    + "and at \(provider.traits.vendor) for the canary's name and customer"
            )
        }
        guard let visibleAt = report.visibleAt, let usual = report.lag(perMille: 500),
            let most = report.lag(perMille: 999)
        else { return (.well, "\(name): none is visible yet") }
        return (
            .well,
            "\(name): visible after \(seconds(usual)), at most \(seconds(most)); the last at \(visibleAt.rfc3339)"
        )
    }

    /// `0.3 s`, `12.0 s`
    private static func seconds(_ lag: Duration) -> String {
        let tenths = lag.wholeMilliseconds / 100
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
