/// Why the store could not do what it was asked to. Nothing was acknowledged or partly done.
package enum StoreError: Error, Equatable, Sendable {
    /// The disk is full or the configured limit is reached; `retryAfter` is a hint for the client.
    case full(retryAfter: Duration)
    /// Another process holds the data folder.
    case folderInUse(path: String, process: Int32?)
    /// The data was written by a newer version.
    case newerFormat(path: String, found: Int, known: Int)
    /// The data folder cannot be created, read or written; the reason is the operating system's or the database's.
    case unusable(path: String, reason: String)
    /// A write or a read failed; the reason is the database's.
    case failed(reason: String)
    /// The store's database cannot be reached; `retryAfter` is a hint for the client.
    case unreachable(reason: String, retryAfter: Duration)
    /// Too many reads wait already; `retryAfter` is a hint for the client.
    case busy(retryAfter: Duration)
    /// A read that cannot return a part did not finish within its limits; a narrower one might.
    case unfinishedRead
    /// Another holder has the provider account, or the lease was returned.
    case leaseLost
    /// The store is closing and accepts nothing.
    case closed
}
