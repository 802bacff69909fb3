/// Tells how far the journal has grown.
package protocol JournalGrowth: Sendable {
    /// Where the journal ends now.
    func newestPosition() async throws(StoreError) -> JournalPosition

    /// Returns when the journal has an event behind this position, at once if there is one already; also when the waiting task is
    /// cancelled or the store closes.
    func waitForEvents(after position: JournalPosition) async
}
