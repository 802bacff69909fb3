package import Events

/// Keeps the audit log: who administered the gateway, who failed to sign in, and who read a vendor's data through it.
///
/// The log is bounded: old entries are removed, and each ``AuditEntry/Category`` has its own limit, beyond which its oldest entries are
/// removed. So a flood of failed sign-ins removes no record of an administrative act.
package protocol AuditRecording: Sendable {
    /// Adds an entry. When this returns, it is on disk.
    ///
    /// Texts longer than ``AuditEntry/textLimitBytes`` are truncated. Entries are also accepted while the store is full.
    func record(_ entry: AuditEntry) async throws(StoreError)

    /// The entries that match a filter, newest first, one page at a time.
    /// - Parameters:
    ///   - before: the page begins with the newest entry below this number; nil begins with the newest of all.
    ///   - limit: maximum number of entries.
    func auditLog(_ filter: AuditFilter, before: Int64?, limit: Int) async throws(StoreError) -> [RecordedAuditEntry]

    /// Removes the oldest entries, up to the first one at or after this timestamp. When this returns, that is on disk.
    /// - Returns: how many were removed.
    func removeAuditEntries(before: Timestamp) async throws(StoreError) -> Int
}

/// Records acts in the audit log and in the log of the process.
package protocol AuditWriting: Sendable {
    /// Records an act. When this returns, it is in the journal; if the journal cannot store it, it is only in the log.
    func write(_ entry: AuditEntry) async
}

/// One recorded action and who did it.
package struct AuditEntry: Sendable, Equatable {
    /// The kind of action. Each kind has its own limit on the number of entries.
    package enum Category: String, Sendable, CaseIterable {
        /// Something was changed: deliveries, providers, routes, keys.
        case administration
        /// A key was refused.
        case signIn = "sign_in"
        /// A client did not have the scope for an administrative act.
        case refused
        /// Someone signed in to the dashboard, or signed out.
        case session
        /// Data of a vendor was read through the gateway.
        case vendorRead = "vendor_read"
        /// Data of a vendor was changed through the gateway.
        case vendorWrite = "vendor_write"
    }

    /// Maximum number of bytes of UTF-8 that are kept of the action, the actor, the address, and each detail.
    package static let textLimitBytes = 1024
    /// Maximum number of details that are kept of an entry, in the order of their names.
    package static let detailLimit = 32

    package let at: Timestamp
    package let category: Category
    /// What was done, such as `deliveries: retry`.
    package let action: String
    /// The tenant that the entry belongs to; nil if none is known, as with a refused key.
    package let tenant: TenantID?
    /// The client, or the operating system's user for the command line; nil if unknown.
    package let actor: String?
    /// The id of the key that was presented, never the key.
    package let keyID: String?
    /// The address that the request came from; nil for the command line.
    package let remoteAddress: String?
    /// What was changed, and how; never a secret.
    package let details: [String: String]

    /// Truncates texts to ``textLimitBytes`` and drops details beyond ``detailLimit``.
    package init(
        at timestamp: Timestamp,
        category: Category,
        action: String,
        tenant: TenantID?,
        actor: String?,
        keyID: String?,
        remoteAddress: String?,
        details: [String: String]
    ) {
        at = timestamp
        self.category = category
        self.action = Self.cut(action)
        self.tenant = tenant
        self.actor = actor.map(Self.cut)
        self.keyID = keyID.map(Self.cut)
        self.remoteAddress = remoteAddress.map(Self.cut)
        let kept = details.sorted { $0.key < $1.key }.prefix(Self.detailLimit)
        self.details = Dictionary(
            kept.map { (Self.cut($0.key), Self.cut($0.value)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > textLimitBytes else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: textLimitBytes)
        // Never inside a character of several bytes.
        while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
        return String(text[..<end])
    }
}

/// An entry as the journal has it.
package struct RecordedAuditEntry: Sendable, Equatable {
    /// Increases with each entry and is never reused.
    package let number: Int64
    package let entry: AuditEntry

    package init(number: Int64, entry: AuditEntry) {
        self.number = number
        self.entry = entry
    }
}

/// Which audit entries to select; conditions that are nil or empty do not restrict, all others must hold.
package struct AuditFilter: Sendable, Equatable {
    package var tenant: TenantID?
    package var categories: Set<AuditEntry.Category>
    package var actor: String?
    package var action: String?
    /// Entries of this request: their ``AuditEntry/requestIDDetail``.
    package var requestID: String?
    /// Entries of this timestamp or later.
    package var from: Timestamp?
    /// Entries before this timestamp.
    package var before: Timestamp?

    package init(
        tenant: TenantID? = nil,
        categories: Set<AuditEntry.Category> = [],
        actor: String? = nil,
        action: String? = nil,
        requestID: String? = nil,
        from: Timestamp? = nil,
        before: Timestamp? = nil
    ) {
        self.tenant = tenant
        self.categories = categories
        self.actor = actor
        self.action = action
        self.requestID = requestID
        self.from = from
        self.before = before
    }

    /// Bytes that the JSON of an entry's details contains if, and only if, the entry belongs to the request: a quotation mark inside a
    /// detail is preceded by a backslash. Nil if the filter names no request.
    package var requestIDBytes: [UInt8]? {
        requestID.map { id in
            let escaped = id.replacingScalars("\\", with: "\\\\").replacingScalars("\"", with: "\\\"")
            return Array("\"\(AuditEntry.requestIDDetail)\":\"\(escaped)\"".utf8)
        }
    }
}

extension AuditEntry {
    /// The name of the detail with the request's id, as it is in the response and in the access log. An entry for several refusals has
    /// the id of the first.
    package static let requestIDDetail = "request_id"
}
