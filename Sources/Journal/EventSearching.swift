package import Events

/// Finds events by what they say.
package protocol EventSearching: Sendable {
    /// A page of a tenant's events.
    func search(_ search: EventSearch, of tenant: TenantID) async throws(StoreError) -> EventPage

    /// The names that occur among a tenant's events, in the order of their bytes.
    func names(_ filter: EventFilter, of tenant: TenantID) async throws(StoreError) -> [EventNameSummary]

    /// The event with this number; nil if there is none, or if it is another tenant's.
    func event(at sequence: SequenceNumber, of tenant: TenantID) async throws(StoreError) -> ArchivedEvent?
}
