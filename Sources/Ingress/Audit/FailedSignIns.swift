import Access
import Events
import Journal

/// Groups refused keys for the audit log by ``RefusalCounts``. Pure: it gets the time as an argument, and does no I/O.
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

    private var counts = RefusalCounts<Source>()

    /// Counts a refusal.
    /// - Parameter requestID: of the request with the key.
    mutating func add(_ refusal: KeyError, from address: String?, in requestID: String? = nil, at now: Timestamp) {
        let source = Source(refusal, from: address)
        counts.add(source, orElse: Source(address: nil, reason: source.reason, keyID: nil), in: requestID, at: now)
    }

    /// The entries that are due, oldest first.
    mutating func takeDue(at now: Timestamp) -> [AuditEntry] {
        counts.takeDue(at: now).map { Self.entry($0.source, $0.count) }.sorted { $0.at < $1.at }
    }

    /// All entries, due or not. Resets the counts.
    mutating func takeAll() -> [AuditEntry] {
        counts.takeAll().map { Self.entry($0.source, $0.count) }.sorted { $0.at < $1.at }
    }

    /// One entry for all refusals of a source in its window.
    private static func entry(_ source: Source, _ count: RefusalCounts<Source>.Count) -> AuditEntry {
        var details = ["reason": source.reason, "attempts": "\(count.attempts)"]
        if source.address == nil { details["addresses"] = "several" }
        details[AuditEntry.requestIDDetail] = count.requestID
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
