/// Reports the growth of the journal.
package protocol JournalGrowth: Sendable {
    /// The end of the journal.
    func newestPosition() async throws(StoreError) -> JournalPosition

    /// Returns when the journal has an event after this position, immediately if there is one already; also when the waiting task is
    /// cancelled or the store closes.
    func waitForEvents(after position: JournalPosition) async
}
