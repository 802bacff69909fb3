/// Why the store could not do what it was asked. Nothing was acknowledged, nothing was half done.
package enum StoreError: Error, Equatable, Sendable {
    /// The disk or the configured limit is reached; `retryAfter` is a hint for the client.
    case full(retryAfter: Duration)
    /// Another process holds the data folder.
    case folderInUse(path: String, process: Int32?)
    /// The data was written by a newer version: it says so instead of guessing.
    case newerFormat(path: String, found: Int, known: Int)
    /// The data folder cannot be made, read or written; the reason is the operating system's or the database's.
    case unusable(path: String, reason: String)
    /// A write or a read failed; the reason is the database's.
    case failed(reason: String)
    /// Too many reads wait already; `retryAfter` is a hint for the client.
    case busy(retryAfter: Duration)
    /// A read that cannot be answered in part is not finished within its limits; one that asks for less can be.
    case unfinishedRead
    /// Somebody else has the provider account by now, or the lease was given back.
    case leaseLost
    /// The store is closing and takes no more.
    case closed
}
