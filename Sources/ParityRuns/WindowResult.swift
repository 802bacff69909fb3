import Parity

/// What a provider's part of a window came to, while it is compared.
struct WindowResult: Sendable {
    var comparison: WindowComparison
    /// The events that the provider was asked for.
    var expected: [ExpectedEvent] = []
    var calls = 0
    /// Events in parts whose counts agree.
    var countedOnly = 0
    /// Those among them whose sums agree too.
    var summed = 0
    /// Pages that were listed at random, or single events that were looked up.
    var sampledParts = 0
    /// Why it could not be compared.
    var unreadable: String?

    /// What is kept of it.
    var record: WindowRecord {
        WindowRecord(
            cells: comparison.cells,
            findings: comparison.findings,
            calls: calls,
            countedOnly: countedOnly,
            summed: summed,
            sampledParts: sampledParts,
            unreadable: unreadable
        )
    }
}
