import Access
import HTTPTypes
import Journal
import Routing

/// Every endpoint of the canonical API: the single source for the router, the metrics, the check of the OpenAPI document and ``WriteEndpoint``.
///
/// A new endpoint is a row here, a handler, and an entry in ``OpenAPIPaths``.
extension Endpoint {
    static let all: [Endpoint] = events + deliveries + migrations + operations

    /// `POST /v1/events`.
    static let write = Endpoint(
        .post,
        "/v1/events",
        for: .client,
        needing: .writeEvents,
        countedAs: .write
    ) { try await $0.writing.respond(to: $1) }

    private static let events = [
        write,
        Endpoint(.get, "/v1/events", for: .client, needing: .readEvents, countedAs: .read) {
            try await EventListHandler($0).events($1)
        },
        Endpoint(.get, "/v1/events/names", for: .client, needing: .readEvents, countedAs: .read) {
            try await EventListHandler($0).names($1)
        },
        Endpoint(.get, "/v1/events/stream", for: .client, needing: .readEvents, countedAs: .read) {
            try await EventStreamHandler($0).respond(to: $1)
        },
        Endpoint(.post, "/v1/events/estimate", for: .client, needing: .readEvents, countedAs: .read) {
            try await VendorReadHandler($0).estimate($1)
        },
        Endpoint(.get, "/v1/events/{id}", for: .client, needing: .readEvents, countedAs: .read) {
            try await EventHandler($0).respond(to: $1)
        },
    ]

    private static let deliveries = [
        Endpoint(.get, "/v1/deliveries", for: .client, needing: .readEvents, countedAs: .deliveries) {
            try await DeliveriesHandler($0).respond(to: $1)
        },
        Endpoint(
            .post,
            "/v1/deliveries/retry",
            for: .administration,
            needing: .manageDeliveries,
            countedAs: .deliveries
        ) { try await RevisionHandler($0).respond(to: $1, .retry) },
        Endpoint(
            .post,
            "/v1/deliveries/discard",
            for: .administration,
            needing: .manageDeliveries,
            countedAs: .deliveries
        ) { try await RevisionHandler($0).respond(to: $1, .discard) },
        Endpoint(
            .get,
            "/v1/deliveries/actions",
            for: .administration,
            needing: .manageDeliveries,
            countedAs: .deliveries
        ) { try await RevisionHandler($0).actions($1) },
    ]

    private static let migrations = [
        Endpoint(
            .post,
            "/v1/plans",
            for: .administration,
            needing: .manageMigrations,
            countedAs: .operations
        ) { try await PlansHandler($0).make($1) },
        Endpoint(
            .get,
            "/v1/plans/{id}",
            for: .administration,
            needing: .manageMigrations,
            countedAs: .operations
        ) { try await PlansHandler($0).show($1) },
    ]

    private static let operations = [
        Endpoint(.get, "/v1/client", for: .client, countedAs: .operations) { ClientHandler($0).respond(to: $1) },
        Endpoint(
            .get,
            "/v1/providers",
            for: .administration,
            needing: .manageDeliveries,
            countedAs: .operations
        ) { try await ProvidersHandler($0).respond(to: $1) },
        Endpoint(
            .post,
            "/v1/providers/{name}/hold",
            for: .administration,
            needing: .admin,
            countedAs: .operations
        ) { try await ProviderOrdersHandler($0).hold($1) },
        Endpoint(
            .post,
            "/v1/providers/{name}/resume",
            for: .administration,
            needing: .admin,
            countedAs: .operations
        ) { try await ProviderOrdersHandler($0).resume($1) },
        Endpoint(.post, "/v1/config/reload", for: .administration, needing: .admin, countedAs: .operations) {
            try await ConfigHandler($0).reload($1)
        },
        Endpoint(.post, "/v1/config/check", for: .administration, needing: .admin, countedAs: .operations) {
            try await ConfigHandler($0).check($1)
        },
        Endpoint(.get, "/v1/log", for: .administration, needing: .admin, countedAs: .operations) {
            try await AuditLogHandler($0).respond(to: $1)
        },
        Endpoint(.get, "/metrics", for: .administration, needing: .admin, countedAs: .operations) { services, _ in
            await MetricsHandler(services).respond()
        },
        Endpoint(.get, "/readyz", for: .openOrClient, countedAs: .operations) {
            await ReadinessHandler($0).respond(to: $1)
        },
        Endpoint(.get, "/healthz", for: .open, countedAs: .operations) { _, _ in
            .json(Array(#"{"status":"alive"}"#.utf8))
        },
        Endpoint(.get, "/openapi.json", for: .open, countedAs: .operations) { _, _ in
            .json(Array(OpenAPIDocument.text.utf8))
        },
    ]
}
