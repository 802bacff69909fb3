/// Why the store could not do what it was asked. Nothing was acknowledged or partly done.
package enum StoreError: Error, Equatable, Sendable {
    /// The disk is full or the configured limit is reached; `retryAfter` is a hint for the client.
    case full(retryAfter: Duration)
    /// Another process holds the data folder.
    case folderInUse(path: String, process: Int32?)
    /// The data was written by a newer version.
    case newerFormat(path: String, found: Int, known: Int)
    /// The data folder cannot be made, read or written; the reason is the operating system's or the database's.
    case unusable(path: String, reason: String)
    /// A write or a read failed; the reason is the database's.
    case failed(reason: String)
    /// The database of the store cannot be reached; `retryAfter` is a hint for the client.
    case unreachable(reason: String, retryAfter: Duration)
    /// Too many reads wait already; `retryAfter` is a hint for the client.
    case busy(retryAfter: Duration)
    /// A read whose result cannot be partial did not finish within its limits; a narrower one may.
    case unfinishedRead
    /// Another holder has the provider account, or the lease was returned.
    case leaseLost
    /// The store is closing and accepts nothing.
    case closed
}
