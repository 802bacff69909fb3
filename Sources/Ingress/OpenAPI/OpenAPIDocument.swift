/// `GET /openapi.json`: the canonical surface in OpenAPI 3.1.
///
/// The facades are their vendors' APIs and are described there. A test holds the paths against ``Endpoint``.
enum OpenAPIDocument {
    static let text = """
        {
          "openapi": "3.1.0",
          "info": {
            "title": "Tollgate",
            "version": "1",
            "summary": "A gateway for usage events on their way to billing vendors.",
            "description": "An application sends each event once; the gateway makes it durable, answers, and delivers it to every vendor \
        that routes.json names.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}
          },
          "servers": [{"url": "/"}],
          "security": [{"bearer": []}, {"apiKey": []}],
          "tags": [
            {"name": "events", "description": "Send events and read them."},
            {"name": "deliveries", "description": "Outcomes of events at the vendors."},
            {"name": "migrations", "description": "Prepare and prove a move to another vendor."},
            {"name": "parity", "description": "Comparisons of the vendors with what they were sent."},
            {"name": "operations", "description": "State and configuration."}
          ],
          "paths": {
        \(OpenAPIPaths.events),
        \(OpenAPIPaths.deliveries),
        \(OpenAPIMigrations.paths),
        \(OpenAPIMigrationOrders.paths),
        \(OpenAPIBackfills.paths),
        \(OpenAPIParity.paths),
        \(OpenAPIReports.paths),
        \(OpenAPIPaths.operations)
          },
          "components": {
            "securitySchemes": {
              "bearer": {"type": "http", "scheme": "bearer", "description": "A client's key."},
              "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key", "description": "A client's key."}
            },
        \(OpenAPIComponents.parameters),
        \(OpenAPIComponents.responses),
        \(OpenAPIComponents.schemas)
          }
        }

        """
}
