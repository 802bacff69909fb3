package import Events

/// Finds events by what they say.
///
/// Searches share a few readers of their own, a piece at a time each, so that neither deliveries nor writes wait for them, and a long
/// search does not keep out a short one.
package protocol EventSearching: Sendable {
    /// A page of a tenant's events.
    ///
    /// A page also ends at a limit of bytes, and at a time limit: then ``EventPage/stoppedAt`` tells how far the search came, and the
    /// next page goes on from there.
    /// - Throws: ``StoreError/busy(retryAfter:)`` if too many searches wait, ``StoreError/unfinishedRead`` if a search that
    ///   cannot be answered in part (with a total, by number of page) takes too long.
    func search(_ search: EventSearch, of tenant: TenantID) async throws(StoreError) -> EventPage

    /// The names that occur among a tenant's events, in the order of their bytes, a page at a time; counts are of all events.
    ///
    /// - Parameters:
    ///   - after: the page begins behind this name; at the first one if nil.
    ///   - limit: maximum number of names.
    /// - Throws: ``StoreError/busy(retryAfter:)`` if too many searches wait, ``StoreError/unfinishedRead`` if it takes too long.
    func names(_ filter: EventFilter, of tenant: TenantID, after: String?, limit: Int) async throws(StoreError)
        -> EventNamePage

    /// The event with this number; nil if there is none, or if it is another tenant's. Never waits for a search.
    func event(at sequence: SequenceNumber, of tenant: TenantID) async throws(StoreError) -> ArchivedEvent?
}
