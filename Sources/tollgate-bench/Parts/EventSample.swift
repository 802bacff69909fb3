import Access
import Events
import Routing
import Vendors

/// The events of the loads, as they come in and as they are accepted.
struct EventSample: Sendable {
    /// How many are in ``body``.
    static let count = 100

    /// A JSON array of events.
    let body: [UInt8]
    let eventBytes: Int
    /// As the journal takes them, for all four vendors.
    let accepted: [AcceptedEvent]

    init() throws {
        let template = RequestTemplate(batch: Self.count, prefix: "part", key: BenchRoutes.key)
        body = template.body(from: 0)
        eventBytes = template.eventBytes
        let vendors = VendorRegistry.all.map(\.traits)
        let text = BenchRoutes(vendors: vendors.map(\.adapter.rawValue)).text(sink: 1)
        let routes = try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes
        let (client, table) = (routes.clients[0], RoutingTable(routes))
        accepted = try EventReader().read(body, as: .json).events.map { _, event in
            let plan = table.plan(
                for: event.name,
                customerID: event.customerID,
                subscriptionID: event.subscriptionID,
                at: event.timestamp ?? Timestamp(milliseconds: 0),
                acceptedAt: event.timestamp ?? Timestamp(milliseconds: 0),
                client: client.name
            )
            guard let id = event.id, let timestamp = event.timestamp, let plan else {
                throw BenchFailure(description: "the events of the loads do not suit the routes")
            }
            let (tenant, client) = (client.tenant, client.name)
            return AcceptedEvent(
                event,
                id: id,
                in: Submission(tenant: tenant, client: client, acceptedAt: timestamp, plan: plan)
            )
        }
    }

    /// Events that the journal does not have yet.
    /// - Parameter first: the number of the first one's id.
    func accepted(_ count: Int, from first: Int) -> [AcceptedEvent] {
        (0..<count).map { index in
            let event = accepted[index % accepted.count]
            return AcceptedEvent(
                Submission(tenant: event.tenant, client: event.client, acceptedAt: event.acceptedAt, plan: event.plan),
                id: EventID("part-\(10_000_000_000 + first + index)"),
                name: event.name,
                customerID: event.customerID,
                subscriptionID: event.subscriptionID,
                timestamp: event.timestamp,
                timestampWasGiven: event.timestampWasGiven,
                source: event.source,
                properties: event.properties,
                vendor: event.vendor
            )
        }
    }
}
