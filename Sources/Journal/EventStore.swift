/// The durable record of accepted events and their outcomes, written by one process or by several.
///
/// Callers depend on the part that they need: ``EventAppending``, ``DeliveryLedger``, ``EventArchive``, ``RecordedTraffic``,
/// ``LedgerCounting``, ``LaneKeeping``, ``MigrationKeeping``, ``ShadowCounting``, ``JournalAdministration``, ``LookupRecording``,
/// ``RetentionPinning``, ``AuditRecording`` or ``AcceptanceCounting``. Every implementation must pass the suite in
/// `Tests/Support/JournalBehaviour`, which checks the guarantees written at each call.
package protocol EventStore: AnyObject, EventAppending, DeliveryLedger, EventArchive, RecordedTraffic,
    LedgerCounting, LaneKeeping, MigrationKeeping, ShadowCounting, JournalAdministration, LookupRecording,
    RetentionPinning, AuditRecording, AcceptanceCounting
{}
