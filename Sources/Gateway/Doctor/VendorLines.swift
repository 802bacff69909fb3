import ConfigurationFile
import Events
import Foundation
import Routing

/// The lines about `routes.json`, credentials and the clock.
enum VendorLines {
    /// With a larger difference, events get wrong acceptance times, and vendors refuse them.
    private static let largestDifference = Duration.seconds(60)

    /// - Parameter reason: why there are no routes.
    static func withoutRoutes(_ reason: String) -> (
        routes: DoctorReport.Line, credentials: DoctorReport.Line, clock: DoctorReport.Line
    ) {
        let faults = reason.split(separator: "\n")
        let more = faults.count > 1 ? " (and \(faults.count - 1) more; see `tollgate check`)" : ""
        let unknown = "not checked without valid routes"
        return (
            DoctorReport.Line("routes", .problem, "\(faults.first ?? "no reason")\(more)"),
            DoctorReport.Line("credentials", .warning, unknown), DoctorReport.Line("clock", .warning, unknown)
        )
    }

    static func routes(_ contents: RoutesReader.Contents, file: String) -> DoctorReport.Line {
        let (routes, warnings) = (contents.routes, contents.warnings)
        let summary =
            "\(file): " + RoutesReport.count(routes.routes.count, "route") + ", "
            + RoutesReport.count(routes.providers.count, "provider")
        guard let first = warnings.first else { return DoctorReport.Line("routes", .well, summary) }
        let more = warnings.count > 1 ? " (and \(warnings.count - 1) more; see `tollgate check`)" : ""
        return DoctorReport.Line("routes", .warning, "\(first.line(in: file))\(more)")
    }

    // MARK: Credentials

    static func credentials(_ findings: [VendorDiagnosis]) -> DoctorReport.Line {
        guard !findings.isEmpty else { return DoctorReport.Line("credentials", .well, "there is no provider") }
        let verdicts = findings.map { verdict($0.credential) }
        let accepted = findings.filter { $0.credential == .accepted }.map { "\($0.provider)" }
        let others = findings.filter { $0.credential != .accepted }.map { "\($0.provider): \(text($0.credential))" }
        let parts = (accepted.isEmpty ? [] : ["accepted: \(accepted.joined(separator: ", "))"]) + others
        return DoctorReport.Line("credentials", verdicts.max() ?? .well, parts.joined(separator: "; "))
    }

    private static func verdict(_ credential: VendorDiagnosis.Credential) -> DoctorReport.Verdict {
        switch credential {
        case .accepted, .unreadable: .well
        case .mayNotRead, .unknown: .warning
        case .missing, .refused: .problem
        }
    }

    private static func text(_ credential: VendorDiagnosis.Credential) -> String {
        switch credential {
        case .accepted: "accepted"
        case .missing(let reason): "missing: \(reason)"
        case .refused(let reason): "refused: \(reason); renew the key"
        case .mayNotRead(let reason): "may not read (\(reason)); whether it may write is not known"
        case .unreadable(let vendor): "present; \(vendor) has no read that would show whether it is accepted"
        case .unknown(let reason): "present, but not checked: \(reason)"
        }
    }

    // MARK: The clock

    static func clock(_ clocks: [VendorClock]) -> DoctorReport.Line {
        func line(_ verdict: DoctorReport.Verdict, _ text: String) -> DoctorReport.Line {
            DoctorReport.Line("clock", verdict, text)
        }
        switch ClockVerdict(clocks) {
        case .unknown: return line(.warning, "not checked: no vendor responded with its time")
        case .agrees(let count): return line(.well, "agrees with \(RoutesReport.count(count, "vendor"))")
        case .off(let ahead):
            let direction = ahead > .zero ? "ahead of" : "behind"
            let seconds = abs(ahead.components.seconds)
            return line(
                abs(ahead) >= largestDifference ? .problem : .warning,
                "this machine's clock is \(seconds) s \(direction) the vendors'; synchronize it, for example by NTP"
            )
        case .vendors(let clocks):
            let names = clocks.map { clock in
                "\(clock.provider) (\(abs(clock.ahead.components.seconds)) s \(clock.ahead > .zero ? "ahead" : "behind"))"
            }
            return line(
                .warning,
                "vendors disagree with this machine and with each other: \(names.joined(separator: ", "))"
            )
        }
    }

    private static func abs(_ duration: Duration) -> Duration { duration < .zero ? .zero - duration : duration }

    /// The magnitude; wraps instead of trapping at the smallest integer, which no clock shows.
    private static func abs(_ seconds: Int64) -> Int64 { seconds < 0 ? 0 &- seconds : seconds }
}
