import Foundation

/// Lago's reads: the list and one event.
///
/// Orders and windows: getlago/lago-api, app/queries/events_query.rb (20277d9d).
extension LagoSimulator {
    /// The first found of the organization, whatever its subscription.
    func find(_ encoded: String, _ now: Date) -> SimulatedAnswer {
        var query = BookQuery()
        query.keys = [[SearchKey("id", encoded.removingPercentEncoding ?? encoded)]]
        let page = BookPage(size: 1, direction: .upward)
        guard let found = books.page(query, page, at: now).items.first else { return notFound("event_not_found") }
        return SimulatedAnswer(200, ["event": stored(found)])
    }

    /// PostgreSQL: the latest event first, and by id; ClickHouse: the raw rows, the last one that came first. Both ends belong to the window.
    func list(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        let size = SandboxPage.size(request.parameter("per_page").flatMap { Int($0) }, standard: 100)
        let number = SandboxPage.number(request.parameter("page").flatMap { Int($0) })
        var query = BookQuery()
        query.order = books.settings.store == .postgres ? .time : .arrival
        query.names = request.parameter("code").map { [$0] } ?? []
        query.customers = request.parameter("external_subscription_id").map { [$0] } ?? []
        query.from = start(request) ?? time("timestamp_from", request)
        query.through = time("timestamp_to", request)
        let (skipped, isFar) = (number - 1).multipliedReportingOverflow(by: size)
        let found = books.page(query, BookPage(skipped: isFar ? .max : skipped, size: size), at: now)
        return SimulatedAnswer(
            200,
            [
                "events": .array(found.items.map(stored)),
                "meta": Self.meta(page: number, size: size, total: found.total),
            ]
        )
    }

    /// A timestamp of the query, in microseconds; nil if it is absent or invalid.
    private func time(_ name: String, _ request: SimulatedRequest) -> Int? {
        request.parameter(name).flatMap(SandboxTime.exact)?.microseconds
    }

    /// `timestamp_from_started_at=true`: since the subscription began, if there is one.
    private func start(_ request: SimulatedRequest) -> Int? {
        guard request.parameter("timestamp_from_started_at") == "true",
            let id = request.parameter("external_subscription_id"),
            let subscription = books.subscriptions.find(externalID: id)
        else { return nil }
        return SandboxTime.microseconds(Self.start(of: subscription))
    }

    /// An event as Lago's lists show it, which depends on the store that it uses.
    private func stored(_ found: Books.Listed) -> SandboxJSON {
        let store = books.settings.store
        let event = found.entry.event
        let arrived = SandboxTime.text(found.entry.at, decimals: 0)
        let subscription = LagoValidation.text(event["external_subscription_id"]) ?? ""
        let record = store == .postgres ? nil : books.subscriptions.find(externalID: subscription)
        let owner = record?.fields["external_customer_id"]?.string.flatMap { books.customers.find(externalID: $0) }
        let seconds = SandboxTime.milliseconds(found.entry.at) / 1000
        return LagoEvents.json(
            event,
            time: SandboxTime.text(milliseconds: SandboxTime.floored(found.time, by: 1000).quotient),
            own: [
                "lago_id": .string(
                    store == .postgres
                        ? found.vendorID : "\(Self.organization)-\(subscription)-\(found.entry.id)-\(seconds)"
                ),
                "lago_customer_id": owner.map { .string($0.id) } ?? nil,
                "lago_subscription_id": record.map { .string($0.id) } ?? nil, "created_at": .string(arrived),
            ],
            hasTexts: store == .clickhouse
        )
    }

    private static let organization = "1a901a90-1a90-1a90-1a90-1a901a901a90"
}
