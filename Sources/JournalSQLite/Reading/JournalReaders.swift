import GRDB
import Journal
import JournalFormat

/// The connections that read, one group for each kind of reader, so that no kind waits for another.
///
/// The engine and the write path read on the connections of the database's own pool.
struct JournalReaders: Sendable {
    /// Single events, short lists and figures.
    let points: DatabasePool
    /// Searches, one piece at a time.
    let searches: DatabasePool
    /// Walks through windows, a piece at a time.
    let walks: DatabasePool
    /// As many as ``searches`` has connections.
    let slots: ReadSlots

    /// How many searches read at a time.
    static let searchCount = 2
    private static let pointCount = 3
    private static let walkCount = 3
    /// How many searches may wait for their next piece, and how many of one tenant may run or wait.
    private static let (mostWaiting, mostOfTenant) = (64, 16)

    init(_ opening: StoreOpening) throws {
        points = try opening.readers(Self.pointCount, label: "tollgate.points")
        searches = try opening.readers(Self.searchCount, label: "tollgate.searches")
        walks = try opening.readers(Self.walkCount, label: "tollgate.walks")
        slots = ReadSlots(
            Self.searchCount,
            mostWaiting: Self.mostWaiting,
            mostOfTenant: Self.mostOfTenant,
            retryAfter: .seconds(1)
        )
    }

    func close() throws {
        try points.close()
        try searches.close()
        try walks.close()
    }
}
