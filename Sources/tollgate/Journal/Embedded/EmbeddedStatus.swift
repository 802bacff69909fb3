import Events
import Foundation
import Gateway
import JSON
import Journal
import JournalSQLite

/// The state of an embedded journal, as `tollgate journal status` shows it.
struct EmbeddedStatus: Sendable {
    let folder: String
    /// Which process has the folder open.
    let holder: JournalFile.Holder
    let summary: JournalSummary
    /// Nil if the layout is an older one.
    let backlogs: [ProviderBacklog]?
    /// Of the file system that has the folder.
    let room: DiskRoom
    let forecast: DiskForecast
    let retentionDays: Int
    let now: Timestamp

    /// Blocks while it reads.
    init(of folder: URL, diskLimitBytes: Int?, retentionDays: Int, now: Timestamp) throws(StoreError) {
        let file = try JournalFile(reading: folder)
        self.folder = folder.path
        self.retentionDays = retentionDays
        self.now = now
        holder = JournalFile.holder(of: folder)
        summary = try file.summary()
        backlogs = file.isCurrent ? try file.backlogs() : nil
        room = try DiskRoom(at: folder)
        forecast = DiskForecast(
            days: summary.days,
            usedBytes: summary.usedBytes,
            roomBytes: room.room(for: summary, limitBytes: diskLimitBytes),
            retentionDays: retentionDays,
            now: now
        )
    }

    /// For people.
    var text: String {
        var parts = [Terminal.table(facts)]
        if let backlogs { parts.append("BACKLOG\n" + Self.table(backlogs)) }
        parts.append("DAYS\n" + days)
        if !summary.damage.isEmpty { parts.append("DAMAGED\n" + damage) }
        return parts.joined(separator: "\n\n")
    }

    /// Name and value of each line of the summary.
    private var facts: [[String]] {
        let gateway =
            switch holder {
            case .nobody: "stopped"
            case .process(let process): process.map { "running, process \($0)" } ?? "running"
            }
        let layout =
            summary.layout == JournalFile.newestLayout
            ? "\(summary.layout)" : "\(summary.layout) (the next start raises it to \(JournalFile.newestLayout))"
        let accepted =
            summary.accepted.map { "\($0.lowerBound.rfc3339) to \($0.upperBound.rfc3339)" } ?? "none"
        return [
            ["Folder", folder], ["Gateway", gateway], ["Journal", summary.journalID ?? "-"], ["Layout", layout],
            ["Events", "\(summary.events)"], ["Accepted", accepted], ["Damaged chunks", "\(summary.damage.count)"],
            ["Size", "\(ByteText.text(summary.usedBytes)), and \(ByteText.text(summary.freeBytes)) free inside"],
            ["Disk", "\(ByteText.text(room.freeBytes)) of \(ByteText.text(room.totalBytes)) are free"],
            ["Forecast", DiskForecastText.text(forecast, retentionDays: retentionDays, now: now)],
        ]
    }

    /// The backlogs by provider, with the acceptance time of the oldest event.
    static func table(_ backlogs: [ProviderBacklog]) -> String {
        Terminal.table(
            [["PROVIDER", "EVENTS", "OLDEST"]]
                + backlogs.map { ["\($0.provider)", "\($0.backlog.events)", $0.backlog.oldest?.rfc3339 ?? "-"] }
        )
    }

    /// The newest days.
    private var days: String {
        Terminal.table([["DAY", "EVENTS"]] + summary.days.suffix(8).map { [Self.date($0.day), "\($0.events)"] })
    }

    private var damage: String {
        Terminal.table(
            [["EVENTS", "REASON"]]
                + summary.damage.map { ["\($0.first.rawValue)-\($0.last.rawValue)", $0.reason] }
        )
    }

    /// - Parameter day: days since 1970, UTC.
    private static func date(_ day: Int) -> String {
        String(Timestamp(milliseconds: Int64(day) * 86_400_000).rfc3339.prefix(10))
    }

    /// For programs.
    var json: [UInt8] {
        var writer = JSONWriter(capacity: 2048)
        writer.beginObject()
        writer.member("folder", string: folder)
        writer.member("running", bool: holder != .nobody)
        writer.member("journal", stringOrNull: summary.journalID)
        writer.member("layout", integer: summary.layout)
        writer.member("known_layout", integer: JournalFile.newestLayout)
        writer.member("events", integer: summary.events)
        writer.member("oldest_accepted", stringOrNull: summary.accepted?.lowerBound.rfc3339)
        writer.member("newest_accepted", stringOrNull: summary.accepted?.upperBound.rfc3339)
        writer.member("used_bytes", integer: summary.usedBytes)
        writer.member("free_bytes", integer: summary.freeBytes)
        writer.member("disk_free_bytes", integer: room.freeBytes)
        writer.member("bytes_per_day", integer: forecast.bytesPerDay)
        if case .full(let time) = forecast.outcome { writer.member("disk_full_at", string: time.rfc3339) }
        writer.array("backlog", backlogs ?? []) { writer, backlog in
            writer.member("provider", string: backlog.provider.rawValue)
            writer.member("events", integer: backlog.backlog.events)
            writer.member("oldest", stringOrNull: backlog.backlog.oldest?.rfc3339)
        }
        writer.array("days", summary.days) { writer, day in
            writer.member("day", string: Self.date(day.day))
            writer.member("events", integer: day.events)
        }
        writer.array("damaged", summary.damage) { writer, damage in
            writer.member("first", integer: damage.first.rawValue)
            writer.member("last", integer: damage.last.rawValue)
            writer.member("reason", string: damage.reason)
        }
        writer.endObject()
        return writer.bytes
    }
}
