package import Journal

extension PostgresEventStore {
    package func deliveries(
        matching filter: DeliveryFilter,
        after: DeliveryCursor?,
        limit: Int
    ) async throws(StoreError) -> DeliveryPage {
        let end = ContinuousClock.now + parts.settings.searchTimeLimit
        return try await asSearch(of: filter.tenant) { () async throws(StoreError) in
            var read = DeliveryPageRead(parts, filter, after: after, limit: limit)
            while !read.isDone {
                if ContinuousClock.now > end, read.endEarly() { break }
                guard ContinuousClock.now < end + parts.settings.searchPatience else { throw .unfinishedRead }
                let current = read
                read = try await piece { (session) throws(PostgresFailure) in
                    var read = current
                    try read.step(session)
                    return read
                }
            }
            return read.page
        }
    }
}
