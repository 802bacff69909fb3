import Events
import Journal
import Testing

@testable import Ingress

/// What the log says of an act, beside the journal.
@Suite struct AuditMetadataTests {
    @Test func `no detail replaces who did what kind of act`() {
        let own = ["category", "actor", "tenant", "key_id", "remote_address"]
        let details = Dictionary(uniqueKeysWithValues: (own + ["provider"]).map { ($0, "forged") })
        let entry = AuditEntry(
            at: Timestamp(milliseconds: 0),
            category: .administration,
            action: "deliveries: discard",
            tenant: "shop",
            actor: "boss",
            keyID: "boss-1",
            remoteAddress: "127.0.0.1",
            details: details
        )
        let metadata = AuditLog.metadata(entry).mapValues { "\($0)" }
        #expect(
            metadata == [
                "category": "administration", "actor": "boss", "tenant": "shop", "key_id": "boss-1",
                "remote_address": "127.0.0.1", "provider": "forged",
            ]
        )
    }
}
