import Events
import Foundation
import Journal
import JournalPostgres
import JournalSQLite

/// The lines about the journal, its backlog, its damage and its disk.
enum JournalLines {
    typealias Line = DoctorReport.Line

    /// With less free space, neither a journal nor its log can grow.
    private static let leastRoomBytes = 256 << 20
    private static let day = Duration.seconds(86_400)
    /// A longer wait is reported, as by the alert "a vendor lags".
    private static let longWait = Duration.seconds(900)

    // MARK: Disk

    static func disk(
        _ room: DiskRoom,
        _ summary: JournalSummary,
        limitBytes: Int?,
        retentionDays: Int,
        now: Timestamp
    ) -> Line {
        let bytes = room.room(for: summary, limitBytes: limitBytes)
        let forecast = DiskForecast(
            days: summary.days,
            usedBytes: summary.usedBytes,
            roomBytes: bytes,
            retentionDays: retentionDays,
            now: now
        )
        let size = "the journal has \(ByteText.text(summary.usedBytes)) and room for \(ByteText.text(bytes))"
        let text = "\(size): \(DiskForecastText.text(forecast, retentionDays: retentionDays, now: now))"
        if bytes < leastRoomBytes {
            return Line("disk", .problem, "\(text); free some space, or raise --disk-limit-mb")
        }
        guard case .full(let time) = forecast.outcome else { return Line("disk", .well, text) }
        let remedy = "; enlarge the disk, or shorten --retention"
        if time < now + day { return Line("disk", .problem, text + remedy) }
        return Line("disk", time < now + day * 7 ? .warning : .well, time < now + day * 7 ? text + remedy : text)
    }

    /// For a data folder whose journal is elsewhere, or cannot be read.
    static func disk(at folder: URL) -> Line {
        do throws(StoreError) {
            let room = try DiskRoom(at: folder)
            let text = "\(ByteText.text(room.freeBytes)) of \(ByteText.text(room.totalBytes)) are free"
            return Line("disk", room.freeBytes < leastRoomBytes ? .problem : .well, text)
        } catch {
            return Line("disk", .warning, "not checked: \(StoreReason.text(error))")
        }
    }

    // MARK: Journal

    static let noJournal = [
        Line("journal", .well, "there is none yet; the first start creates it"),
        Line("backlog", .well, "nothing waits"),
        Line("damage", .well, "none"),
    ]

    static func journal(_ summary: JournalSummary) -> Line {
        let newest = summary.accepted.map { "newest event accepted at \($0.upperBound.rfc3339)" } ?? "no events"
        let known = JournalFile.newestLayout
        let raised = summary.layout < known ? " (the next start raises it to \(known))" : ""
        return Line("journal", .well, "layout \(summary.layout)\(raised), \(summary.events) events, \(newest)")
    }

    /// - Parameter backlogs: nil if they cannot be read from this layout.
    static func backlog(_ backlogs: [ProviderBacklog]?, layout: Int, now: Timestamp) -> Line {
        guard let backlogs else {
            return Line("backlog", .warning, "not checked: it cannot be read from layout \(layout)")
        }
        return backlog(backlogs.map { ("\($0.provider)", $0.backlog.events, $0.backlog.oldest) }, now: now)
    }

    private static func backlog(_ backlogs: [(provider: String, events: Int, oldest: Timestamp?)], now: Timestamp)
        -> Line
    {
        guard !backlogs.isEmpty else { return Line("backlog", .well, "nothing waits") }
        let late = backlogs.contains { $0.oldest.map { now - $0 > longWait } ?? false }
        let text = backlogs.map { backlog in
            let age = backlog.oldest.map { ", the oldest for \(max(0, (now - $0).components.seconds)) s" } ?? ""
            return "\(backlog.provider) \(backlog.events)\(age)"
        }
        let remedy = late ? "; `tollgate providers` shows the last error" : ""
        return Line("backlog", late ? .warning : .well, text.joined(separator: "; ") + remedy)
    }

    static func damage(_ chunks: Int) -> Line {
        guard chunks > 0 else { return Line("damage", .well, "none known; `tollgate journal check` reads everything") }
        return Line(
            "damage",
            .problem,
            "\(chunks) chunks cannot be read; `tollgate journal check` names them, `tollgate journal repair --from BACKUP` repairs them"
        )
    }

    /// The lines for a journal that cannot be opened: what depends on it is unknown.
    static func unreadable(_ error: StoreError, at place: String? = nil) -> [Line] {
        let reason = StoreReason.text(error)
        return [
            Line("journal", .problem, place.map { "\($0): \(reason)" } ?? reason),
            Line("backlog", .warning, "not checked"), Line("damage", .warning, "not checked"),
        ]
    }

    // MARK: In PostgreSQL

    static func shared(_ status: JournalStatus, at address: String, now: Timestamp) -> [Line] {
        let waiting = status.accounts.filter { $0.backlog > 0 }.map { ($0.name, Int($0.backlog), nil as Timestamp?) }
        let gateways = "\(status.nodes.count) gateway\(status.nodes.count == 1 ? "" : "s")"
        return [
            Line(
                "journal",
                status.routesDiffer ? .warning : .well,
                "\(address): \(status.server), format \(status.format.current), \(gateways)"
                    + (status.routesDiffer ? "; they have different routes" : "")
            ),
            backlog(waiting, now: now),
            Line("damage", .well, "not counted in PostgreSQL; pg_amcheck checks its tables"),
        ]
    }
}

/// The reason of a store error, as one clause.
enum StoreReason {
    static func text(_ error: StoreError) -> String {
        switch error {
        case .newerFormat(_, let found, let known):
            "the journal has layout \(found) of a newer version, and this one knows layouts up to \(known); use that version"
        case .unusable(_, let reason), .failed(let reason), .unreachable(let reason, _): reason
        case .folderInUse: "the data folder is in use"
        case .full: "the disk is full"
        case .busy, .unfinishedRead, .leaseLost, .closed: "the store is busy"
        }
    }
}
