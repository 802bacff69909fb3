import Journal
import JournalFormat

/// What an operator can set about the embedded store. The defaults suit a machine with two cores and a gigabyte.
package struct SQLiteStoreSettings: Sendable, Equatable {
    /// Most events that may wait for one provider; at it, appending throws ``StoreError/full(retryAfter:)``. Nil: no limit.
    package var backlogLimitEvents: Int?
    /// Most bytes that the database may use; at it, appending throws ``StoreError/full(retryAfter:)``, while settling continues.
    /// Nil: as much as the disk has.
    package var diskLimitBytes: Int?
    /// How long a client is asked to wait when the store is full.
    package var retryAfterFull: Duration = .seconds(5)
    /// Bytes of recently written or read events that are kept in memory.
    package var cacheBytes = 32 << 20
    /// Bytes of events that one group commit takes from those that wait; a request is never split.
    package var commitBytes = 4 << 20
    /// Bytes of events that may wait for a commit; at it, appending throws ``StoreError/full(retryAfter:)``.
    package var waitingBytes = 64 << 20
    /// Bytes of events after which a group commit starts another chunk.
    package var chunkBytes = 256 << 10
    /// Identities that the newest part of the index holds before it becomes a file; 32 bytes of memory each.
    package var newestIdentities = 1 << 18
    /// Events that a part of the search index has before it becomes a file.
    package var eventsPerSegment = 1 << 16
    /// How long the search index waits before it tries again what it could not write.
    package var indexRetryPause: Duration = .seconds(30)
    /// How many settling commits may pass before cursors are written down; a restart looks at so many again.
    package var commitsBetweenCursors = 64
    /// Entries of each category that the audit log keeps; the oldest beyond it are removed.
    package var auditEntriesPerCategory = 100_000
    /// How long a search reads before another may take its place.
    package var searchSlice: Duration = .milliseconds(50)
    /// How long a search continues before it says how far it came.
    package var searchTimeLimit: Duration = .seconds(10)
    /// How much longer a search continues that cannot say that yet, or whose result cannot be partial; then it throws
    /// ``StoreError/unfinishedRead``.
    package var searchPatience: Duration = .seconds(20)
    /// Bytes of events and deliveries after which a page ends; its first event always fits.
    package var pageBytes = 8 << 20
    /// How many of the upper bits of an identity's hash count; fewer than 64 make collisions for tests.
    package var identityHashBits = 64

    package init() {}
}
