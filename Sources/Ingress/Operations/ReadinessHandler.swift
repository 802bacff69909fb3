import Access
import Events
import HTTPTypes
import Routing

/// `GET /readyz`: to anyone whether the gateway is ready, to clients also which part is not.
struct ReadinessHandler: Sendable {
    private let readiness: any ReadinessReporting
    private let shared: SharedReadiness
    private let routes: CurrentRoutes

    init(_ services: EndpointServices) {
        readiness = services.given.operations.reports.readiness
        shared = services.given.operations.reports.sharedReadiness
        routes = services.given.routes
    }

    func respond(to call: EndpointCall) async -> EndpointResponse {
        let report =
            if let visitor = call.visitor {
                await readiness.report().seen(by: visitor.client, in: routes.current.routes)
            } else {
                await shared.summary()
            }
        return .json(report.json, status: report.isReady ? .ok : .serviceUnavailable)
    }
}
