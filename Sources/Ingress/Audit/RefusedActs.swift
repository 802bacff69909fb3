import Access
import Events
import Journal
import Routing

/// Groups administrative acts for which clients lacked the scope, for the audit log, by ``RefusalCounts``. Pure: it gets the time as an
/// argument.
struct RefusedActs {
    /// What is counted together.
    struct Source: Hashable {
        var tenant: TenantID
        var client: ClientName
        var keyID: String
        /// Nil for all addresses without a count of their own.
        var address: String?
        /// Method and path of the endpoint; nil for all that have no count of their own.
        var act: String?
        var scope: Scope
    }

    private var counts = RefusalCounts<Source>()

    /// Counts a refusal.
    /// - Parameter requestID: of the request that was refused.
    mutating func add(_ source: Source, in requestID: String? = nil, at now: Timestamp) {
        var rest = source
        (rest.address, rest.act) = (nil, nil)
        counts.add(source, orElse: rest, in: requestID, at: now)
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
        var details = ["missing_scope": source.scope.rawValue, "attempts": "\(count.attempts)"]
        details[AuditEntry.requestIDDetail] = count.requestID
        return AuditEntry(
            at: count.since,
            category: .refused,
            action: source.act ?? "several",
            tenant: source.tenant,
            actor: source.client.rawValue,
            keyID: source.keyID,
            remoteAddress: source.address,
            details: details
        )
    }
}
