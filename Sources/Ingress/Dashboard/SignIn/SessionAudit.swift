import Access
import Events
import Journal

extension AuditLog {
    /// Records that somebody signed in to the dashboard, or signed out.
    func session(_ action: String, _ caller: Caller, at timestamp: Timestamp, _ details: [String: String] = [:]) async {
        await write(
            AuditEntry(
                at: timestamp,
                category: .session,
                action: action,
                tenant: caller.client.tenant,
                actor: caller.client.name.rawValue,
                keyID: caller.key.id,
                remoteAddress: caller.remoteAddress,
                details: details.merging(caller.audited) { given, _ in given }
            )
        )
    }
}
