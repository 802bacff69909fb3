package import Journal

/// Why a backup or a restoration could not be made.
package enum BackupFault: Error, Sendable, Equatable {
    /// The journal cannot be read, or is in use.
    case journal(StoreError)
    /// The disk of the target is full. What was copied stays, so that another try continues.
    case targetFull(path: String)
    /// The target cannot be written or read.
    case target(path: String, reason: String)
    /// The target has a backup of another journal.
    case otherJournal(path: String)
    /// The target has events that the journal never had: it was restored from an older backup since.
    case otherHistory(path: String)
    /// The backup was not finished.
    case unfinished(path: String)
    /// A file of the backup is not what was written.
    case damaged(path: String, file: String)
    /// There is something in the folder already.
    case notEmpty(path: String)
}
