/// The durable record of accepted events and of their outcomes, which one process or several write.
///
/// Callers take the part that they need: ``EventAppending``, ``DeliveryLedger``, ``EventArchive``, ``RecordedTraffic``,
/// ``LedgerCounting``, ``LaneKeeping``, ``MigrationKeeping``, ``ShadowCounting``, ``JournalAdministration``, ``LookupRecording``,
/// ``RetentionPinning``, ``AuditRecording`` or ``AcceptanceCounting``. Every implementation must pass the suite in
/// `Tests/Support/JournalBehaviour`, which holds it to the guarantees written at each call.
package protocol EventStore: AnyObject, EventAppending, DeliveryLedger, EventArchive, RecordedTraffic,
    LedgerCounting, LaneKeeping, MigrationKeeping, ShadowCounting, JournalAdministration, LookupRecording,
    RetentionPinning, AuditRecording, AcceptanceCounting
{}
