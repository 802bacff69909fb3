import Access
import Events
import HTTPTypes
import Routing

/// `GET /readyz`: to anyone whether the gateway is ready, to clients also which part is not.
struct ReadinessHandler: Sendable {
    private let readiness: any ReadinessReporting
    private let routes: CurrentRoutes

    init(_ services: EndpointServices) {
        readiness = services.given.operations.reports.readiness
        routes = services.given.routes
    }

    func respond(to call: EndpointCall) async -> EndpointResponse {
        let whole = await readiness.report()
        let report = call.visitor.map { whole.seen(by: $0.client, in: routes.current.routes) } ?? whole.summary
        return .json(report.json, status: report.isReady ? .ok : .serviceUnavailable)
    }
}
