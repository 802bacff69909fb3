import ConfigurationFile
import Events
import Reports
import Routing

/// `GET /v1/stats`: statistics of the recent past, by provider and in total.
///
/// A client sees the accounts that belong to its tenant alone; with the scope `admin`, or if there is only one tenant, it sees all.
struct StatisticsHandler: Sendable {
    private let statistics: any StatisticsReading
    private let routes: CurrentRoutes

    /// Without `window`: an hour.
    private static let usualWindow = Duration.seconds(3600)

    init(_ services: EndpointServices) {
        statistics = services.given.operations.reports.statistics
        routes = services.given.routes
    }

    func respond(to call: EndpointCall) throws -> EndpointResponse {
        let parameters = try ListParameters(call.query, allowed: ["window", "step"])
        let query = try Self.query(
            window: try parameters.single("window"),
            step: try parameters.single("step"),
            notShorterThan: statistics.shortestStep
        )
        let routes = routes.current.routes
        let limits = routes.providers.compactMap { provider in provider.rateLimit.map { (provider.name, $0) } }
        return .json(
            StatisticsWriter.json(
                statistics.statistics(query).seen(by: call.client, in: routes),
                Dictionary(limits) { first, _ in first }
            )
        )
    }

    /// - Throws: ``Problem`` for invalid durations, and for a window that the steps do not cover.
    static func query(
        window: String?,
        step: String?,
        notShorterThan shortest: StatisticsStep = .second
    ) throws(Problem) -> StatisticsQuery {
        let wanted: Duration
        if let window {
            guard let read = DurationText.read(window), read > .zero else {
                throw .badParameter("window", "must be a duration such as 5m, 1h or 48h")
            }
            wanted = read
        } else {
            wanted = usualWindow
        }
        guard let step else {
            guard let query = StatisticsQuery(window: wanted, notShorterThan: shortest) else {
                throw .badParameter("window", "must be at most \(Self.text(.minute))")
            }
            return query
        }
        let known = StatisticsStep.allCases.filter { $0.rawValue >= shortest.rawValue }
        let names = known.map { DurationText.write($0.duration) }
        guard let length = DurationText.read(step), let found = known.first(where: { $0.duration == length }) else {
            throw .badParameter("step", "must be one of \(names.joined(separator: ", "))")
        }
        guard let query = StatisticsQuery(window: wanted, found) else {
            throw .badParameter(
                "window",
                "must be at most \(Self.text(found)) with the step \(DurationText.write(found.duration)); leave step out, or use a longer one"
            )
        }
        return query
    }

    private static func text(_ step: StatisticsStep) -> String { DurationText.write(step.reach) }
}
