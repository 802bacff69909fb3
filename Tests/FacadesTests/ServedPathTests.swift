import Events
import Facades
import Testing

/// Which paths of a vendor's API are the gateway's own, so that no event reaches the vendor beside the journal.
@Suite struct ServedPathTests {
    @Test(
        arguments: [
            ("lago", "/api/v1/events"), ("lago", "/api/v1/events/"), ("lago", "/api/v1/events/batch"),
            ("lago", "/api/v1/events/abc"),
            ("lago", "/api/v1/events.json"), ("lago", "/api/v1/Events"), ("lago", "/api/v1/events;x"),
            ("lago", "/api/v1/events/batch.json"),
            ("lago", "/api/v1/events/estimate_fees"), ("lago", "/api/v1/events_enriched"),
            ("lago", "/api/v1/events/a/b"),
            ("polar", "/v1/events"), ("polar", "/v1/events/"), ("polar", "/v1/events/ingest"),
            ("polar", "/v1/events/ingest/"),
            ("polar", "/v1/EVENTS/Ingest"), ("polar", "/v1/events/names"), ("polar", "/v1/events/ingest.json"),
            ("polar", "/v1/events\\ingest"),
            ("flexprice", "/v1/events"), ("flexprice", "/v1/events/"), ("flexprice", "/v1/events/bulk"),
            ("flexprice", "/v1/events/query"),
            ("flexprice", "/v1/events/lookup"), ("flexprice", "/v1/events/raw/bulk"), ("flexprice", "/v1/Events/Bulk"),
            ("knetik", "/v2/events"), ("knetik", "/v2/events/"), ("knetik", "/v2/batch"), ("knetik", "/v2/Batch"),
            ("knetik", "/v2/batch;x"),
        ] as [(AdapterName, String)]
    )
    func `are the gateway's in every spelling`(vendor: AdapterName, path: String) {
        #expect(FacadeRegistry.serves(vendor, path))
    }

    @Test(
        arguments: [
            ("lago", "/events", ["GET", "POST"]), ("lago", "/events/batch", ["GET", "POST"]),
            ("lago", "/events/e", ["GET"]), ("lago", "/customers", []),
            ("flexprice", "/events", ["GET", "POST"]), ("flexprice", "/events/bulk", ["GET", "POST"]),
            ("flexprice", "/events/e", ["GET"]), ("flexprice", "/events/usage", []), ("flexprice", "/meters", []),
            ("polar", "/customers/", []), ("knetik", "/users", []),
        ] as [(AdapterName, String, [String])]
    )
    func `have the methods that the facade serves`(vendor: AdapterName, path: String, methods: [String]) throws {
        let facade = try #require(FacadeRegistry.all.first { $0.adapter == vendor })
        #expect(facade.methods(at: path) == methods)
    }

    @Test(
        arguments: [
            ("lago", "/api/v1/customers"), ("lago", "/api/v1/customers/events"),
            ("lago", "/api/v1/subscriptions/events/alerts"),
            ("lago", "/api/v1/eventsource"), ("lago", "/v1/events"), ("polar", "/v1/customers/"),
            ("polar", "/v1/event-types/"),
            ("polar", "/v1/customers/external/events/state"), ("flexprice", "/v1/events/usage"),
            ("flexprice", "/v1/events/usage/meter"),
            ("flexprice", "/v1/events/analytics"), ("flexprice", "/v1/customers"), ("knetik", "/v2/users"),
        ] as [(AdapterName, String)]
    )
    func `are not those of the vendor's other calls`(vendor: AdapterName, path: String) {
        #expect(!FacadeRegistry.serves(vendor, path))
    }
}
