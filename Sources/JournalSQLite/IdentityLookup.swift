import Events
import JournalFormat

/// What a request's events must be compared with, read from storage before the writer takes the request up again.
struct IdentityLookup: Sendable {
    /// The places of events in the request that the writer has found to be new.
    let new: Set<Int>
    /// The runs that were looked into.
    let runs: [IdentityRun]
    /// The events in them that have a hash of the request's, but for those that were new.
    var sequences: [UInt64: [Int64]] = [:]
    /// The events that may have an identity of the request's.
    var events: [Int64: AcceptedEvent] = [:]

    /// - Returns: nil if the run was not looked into.
    func sequences(of hash: UInt64, in run: IdentityRun) -> [Int64]? {
        guard runs.contains(where: { $0 === run }) else { return nil }
        return sequences[hash]?.filter { run.range.contains($0) } ?? []
    }
}

/// The writer would have to read from storage, and make every other request wait for it.
struct OldIdentity: Error {}
