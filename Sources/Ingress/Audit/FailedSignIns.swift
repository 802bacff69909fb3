import Access
import Events
import Journal

/// Groups refused keys for the audit log. Pure: it is told the time, and does no I/O.
///
/// The first refusal of a kind from an address is due at once; later ones within a minute are one entry with their number, and so is
/// everything from additional addresses while many are counted. So a flood of any size writes only a few entries per second.
struct FailedSignIns {
    /// What is counted together.
    struct Source: Hashable {
        /// Nil for all addresses without a count of their own.
        var address: String?
        /// `unknown`, `mistyped`, `early` or `expired`.
        var reason: String
        /// Nil for an unknown key.
        var keyID: String?
    }

    private struct Count {
        var attempts = 0
        /// The first of them.
        var since: Timestamp
        /// When they become an entry.
        var due: Timestamp
    }

    /// The period in which refusals of one source are one entry.
    static let window = Duration.seconds(60)
    /// Sources with a count of their own.
    static let mostSources = 128

    private var counts: [Source: Count] = [:]

    /// Counts a refusal.
    mutating func add(_ refusal: KeyError, from address: String?, at now: Timestamp) {
        var source = Source(refusal, from: address)
        if counts[source] == nil, counts.count >= Self.mostSources {
            source = Source(address: nil, reason: source.reason, keyID: nil)
        }
        var count = counts[source] ?? Count(since: now, due: now)
        if count.attempts == 0 { count.since = now }
        if count.attempts < .max { count.attempts += 1 }
        counts[source] = count
    }

    /// The entries that are due, oldest first. Sources without refusals for a whole window are removed.
    mutating func takeDue(at now: Timestamp) -> [AuditEntry] {
        var entries: [AuditEntry] = []
        for (source, count) in counts where count.due <= now || count.due > now + Self.window {
            if count.attempts > 0 {
                entries.append(Self.entry(source, count))
                counts[source] = Count(since: now, due: now + Self.window)
            } else {
                counts[source] = nil
            }
        }
        return entries.sorted { $0.at < $1.at }
    }

    /// All entries, due or not; nothing is counted any more.
    mutating func takeAll() -> [AuditEntry] {
        let entries = counts.filter { $0.value.attempts > 0 }.map { Self.entry($0.key, $0.value) }
        counts = [:]
        return entries.sorted { $0.at < $1.at }
    }

    private static func entry(_ source: Source, _ count: Count) -> AuditEntry {
        var details = ["reason": source.reason, "attempts": "\(count.attempts)"]
        if source.address == nil { details["addresses"] = "several" }
        return AuditEntry(
            at: count.since,
            category: .signIn,
            action: "sign-in refused",
            tenant: nil,
            actor: nil,
            keyID: source.keyID,
            remoteAddress: source.address,
            details: details
        )
    }
}

extension FailedSignIns.Source {
    init(_ refusal: KeyError, from address: String?) {
        switch refusal {
        case .unknown: self.init(address: address, reason: "unknown", keyID: nil)
        case .mistyped: self.init(address: address, reason: "mistyped", keyID: nil)
        case .early(let id, _): self.init(address: address, reason: "early", keyID: id)
        case .expired(let id, _): self.init(address: address, reason: "expired", keyID: id)
        }
    }
}
