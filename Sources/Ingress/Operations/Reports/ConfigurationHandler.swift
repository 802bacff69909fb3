import Journal
import Reports

/// `GET /v1/config`: the active configuration, without secrets.
struct ConfigurationHandler: Sendable {
    private let reading: any ConfigurationReading

    init(_ services: EndpointServices) {
        reading = services.given.operations.reports.configuration
    }

    func respond() async throws -> EndpointResponse {
        let report: ConfigurationReport
        do {
            report = try await reading.configuration()
        } catch {
            throw Problem(error)
        }
        return .json(ConfigurationWriter.json(report))
    }
}
