import Access
import Events
import HTTPTypes
import Journal
import Routing

/// Every endpoint of the canonical API: the single source for the router, the metrics, the check of the OpenAPI document and
/// ``WriteEndpoint``.
///
/// A new endpoint is a row here, a handler, and an entry in ``OpenAPIPaths``.
extension Endpoint {
    static let all: [Endpoint] = events + deliveries + backfills + migrations + migrationOrders + parity + operations

    /// `POST /v1/events`.
    static let write = Endpoint(
        .post,
        "/v1/events",
        for: .client,
        needing: .writeEvents,
        countedAs: .write
    ) { try await $0.writing.respond(to: $1) }

    /// Where OpenMeter's clients send, which take a host and add the path themselves. Lago's facade has the same path, for bodies of JSON.
    private static let openMeter = Endpoint(
        .post,
        "/api/v1/events",
        taking: .cloudEvents,
        for: .client,
        needing: .writeEvents,
        countedAs: .write
    ) { OpenMeterResponse.response(try await $0.writing.respond(to: $1, ignoringOtherParameters: true)) }

    private static let events = [
        write, openMeter,
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
        Endpoint(.post, "/v1/events/preview", for: .client, needing: .readEvents, countedAs: .read) {
            try await PreviewHandler($0).respond(to: $1)
        },
        Endpoint(.post, "/v1/events/known", for: .client, needing: .writeEvents, countedAs: .read) {
            try await KnownEventsHandler($0).respond(to: $1)
        },
        Endpoint(.get, "/v1/usage", for: .client, needing: .readEvents, countedAs: .read) {
            try await UsageHandler($0).respond(to: $1)
        },
        Endpoint(.get, "/v1/usage/metrics", for: .client, needing: .readEvents, countedAs: .read) {
            try await UsageMetricsHandler($0).respond(to: $1)
        },
        // The second path accepts any id; the first is ambiguous if an id is the name of an endpoint, such as "names".
        event("/v1/events/{id}"), event("/v1/events/id/{id}"),
        correction("/v1/events/{id}/void", .void), correction("/v1/events/{id}/adjust", .adjust),
    ]

    private static func correction(_ path: PathPattern, _ kind: CorrectionID.Kind) -> Endpoint {
        Endpoint(.post, path, for: .client, needing: .writeEvents, countedAs: .write) {
            try await CorrectionHandler($0).respond(to: $1, kind)
        }
    }

    private static func event(_ path: PathPattern) -> Endpoint {
        Endpoint(.get, path, for: .client, needing: .readEvents, countedAs: .read) {
            try await EventHandler($0).respond(to: $1)
        }
    }

    private static let deliveries = [
        Endpoint(.get, "/v1/deliveries", for: .client, needing: .readEvents, countedAs: .deliveries) {
            try await DeliveriesHandler($0).respond(to: $1)
        },
        Endpoint(.get, "/v1/deliveries/groups", for: .client, needing: .readEvents, countedAs: .deliveries) {
            try await DeliveryGroupsHandler($0).respond(to: $1)
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

    private static let migrationOrders = [
        Endpoint(.get, "/v1/migrations", for: .client, needing: .readEvents, countedAs: .operations) {
            try await MigrationsHandler($0).list($1)
        },
        Endpoint(.get, "/v1/migrations/{name}", for: .client, needing: .readEvents, countedAs: .operations) {
            try await MigrationsHandler($0).show($1)
        },
        Endpoint(.get, "/v1/migrations/{name}/days", for: .client, needing: .readEvents, countedAs: .operations) {
            try await MigrationsHandler($0).days($1)
        },
        Endpoint(
            .post,
            "/v1/migrations/{name}/actions",
            for: .administration,
            needing: .manageMigrations,
            countedAs: .operations
        ) { try await MigrationsHandler($0).act($1) },
        Endpoint(
            .post,
            "/v1/migrations/{name}/plans",
            for: .administration,
            needing: .manageMigrations,
            countedAs: .operations
        ) { try await PlansHandler($0).makeOfMigration($1) },
        Endpoint(
            .get,
            "/v1/migrations/{name}/anchors",
            for: .administration,
            needing: .manageMigrations,
            countedAs: .operations
        ) { try await AnchorsHandler($0).respond(to: $1) },
    ]

    private static let backfills =
        [
            backfill(.post, "/v1/backfills") { try await BackfillsHandler($0).start($1) },
            backfill(.get, "/v1/backfills") { try await BackfillsHandler($0).list($1) },
            backfill(.get, "/v1/backfills/{id}") { try await BackfillsHandler($0).show($1) },
            backfill(.patch, "/v1/backfills/{id}") { try await BackfillsHandler($0).update($1) },
            backfill(.post, "/v1/backfills/{id}/pause") { try await BackfillsHandler($0).change($1, .pause) },
            backfill(.post, "/v1/backfills/{id}/resume") { try await BackfillsHandler($0).change($1, .resume) },
            backfill(.post, "/v1/backfills/{id}/cancel") { try await BackfillsHandler($0).change($1, .cancel) },
        ]

    private static func backfill(
        _ method: HTTPRequest.Method,
        _ path: PathPattern,
        _ handler: @escaping Handler
    ) -> Endpoint {
        Endpoint(
            method,
            path,
            for: .administration,
            needing: .manageMigrations,
            countedAs: .operations,
            handler: handler
        )
    }

    private static let parity = [
        Endpoint(
            .post,
            "/v1/parity/runs",
            for: .administration,
            needing: .manageMigrations,
            countedAs: .operations
        ) { try await ParityHandler($0).start($1) },
        Endpoint(.get, "/v1/parity/runs", for: .client, needing: .readEvents, countedAs: .operations) {
            try await ParityHandler($0).list($1)
        },
        Endpoint(.get, "/v1/parity/days", for: .client, needing: .readEvents, countedAs: .operations) {
            try await ParityHandler($0).days($1)
        },
        Endpoint(.get, "/v1/parity/runs/{id}", for: .client, needing: .readEvents, countedAs: .operations) {
            try await ParityHandler($0).show($1)
        },
        Endpoint(.get, "/v1/parity/runs/{id}/cells", for: .client, needing: .readEvents, countedAs: .operations) {
            try await ParityHandler($0).cells($1)
        },
        Endpoint(.get, "/v1/parity/runs/{id}/customers", for: .client, needing: .readEvents, countedAs: .operations) {
            try await ParityHandler($0).customers($1)
        },
        Endpoint(.get, "/v1/parity/runs/{id}/findings", for: .client, needing: .readEvents, countedAs: .operations) {
            try await ParityHandler($0).findings($1)
        },
        Endpoint(
            .post,
            "/v1/parity/runs/{id}/resolve",
            for: .administration,
            needing: .manageMigrations,
            countedAs: .operations
        ) { try await ParityHandler($0).resolve($1) },
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
            .get,
            "/v1/providers/{name}/backlog",
            for: .administration,
            needing: .manageDeliveries,
            countedAs: .operations
        ) { try await BacklogHandler($0).respond(to: $1) },
        Endpoint(
            .get,
            "/v1/providers/{name}/shadow",
            for: .administration,
            needing: .manageDeliveries,
            countedAs: .operations
        ) { try await ShadowHandler($0).respond(to: $1) },
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
        Endpoint(
            .get,
            "/v1/stats",
            for: .administration,
            needing: .manageDeliveries,
            countedAs: .operations
        ) { try StatisticsHandler($0).respond(to: $1) },
        // A vendor has no client key; it signs what it sends.
        Endpoint(.post, "/v1/hooks/{vendor}", for: .open, countedAs: .operations) {
            try await HookHandler($0).receive($1)
        },
        Endpoint(.get, "/v1/clients", for: .administration, needing: .admin, countedAs: .operations) { services, _ in
            ClientsHandler(services).list()
        },
        Endpoint(.get, "/v1/keys", for: .administration, needing: .admin, countedAs: .operations) { services, _ in
            try await KeysHandler(services).list()
        },
        Endpoint(.get, "/v1/config", for: .administration, needing: .admin, countedAs: .operations) { services, _ in
            try await ConfigurationHandler(services).respond()
        },
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
        Endpoint(.get, "/healthz", for: .open, countedAs: .operations) { _, _ in .json(Liveness.json) },
        Endpoint(.get, "/openapi.json", for: .open, countedAs: .operations) { _, _ in
            .json(Array(OpenAPIDocument.text.utf8))
        },
    ]
}
