import Access
import Dashboard
import Events
import HTTPTypes

/// Every page, by screen. A new page is a row here, a handler, a view struct with its template, and a row in `TemplateFiles`.
extension PageEndpoint {
    static let all: [PageEndpoint] =
        overview + providers + events + corrections + problems + log + live + trying + routes + migration + clients

    private static let overview = [
        PageEndpoint(.get, "/dashboard", of: .overview) { try await OverviewPageHandler($0).respond(to: $1) }
    ]

    private static let providers = [
        PageEndpoint(.get, "/dashboard/providers", of: .providers) { try await ProvidersPageHandler($0).list($1) },
        PageEndpoint(.get, "/dashboard/providers/{name}", of: .providers) {
            try await ProvidersPageHandler($0).show($1)
        },
        PageEndpoint(.post, "/dashboard/providers/{name}/hold", of: .providers, needing: .admin) {
            try await ProvidersPageHandler($0).hold($1)
        },
        PageEndpoint(.post, "/dashboard/providers/{name}/resume", of: .providers, needing: .admin) {
            try await ProvidersPageHandler($0).resume($1)
        },
    ]

    private static let events = [
        PageEndpoint(.get, "/dashboard/events", of: .events) { try await EventsPageHandler($0).list($1) },
        PageEndpoint(.get, "/dashboard/events.csv", of: .events) { try await EventsPageHandler($0).all($1) },
        PageEndpoint(.get, "/dashboard/search", of: .events) { try await EventsPageHandler($0).search($1) },
        PageEndpoint(.get, "/dashboard/events/{id}", of: .events) { try await EventPageHandler($0).respond(to: $1) },
    ]

    /// A form, what it would do, and doing it.
    private static func correction(_ kind: CorrectionID.Kind, _ path: String) -> [PageEndpoint] {
        [
            PageEndpoint(.get, PathPattern(stringLiteral: path), of: .events, needing: .writeEvents) {
                try await CorrectionPageHandler($0, kind).show($1)
            },
            PageEndpoint(.post, PathPattern(stringLiteral: "\(path)/check"), of: .events, needing: .writeEvents) {
                try await CorrectionPageHandler($0, kind).check($1)
            },
            PageEndpoint(.post, PathPattern(stringLiteral: path), of: .events, needing: .writeEvents) {
                try await CorrectionPageHandler($0, kind).order($1)
            },
        ]
    }

    private static let corrections =
        correction(.void, "/dashboard/events/{id}/void") + correction(.adjust, "/dashboard/events/{id}/adjust")

    private static let problems = [
        PageEndpoint(.get, "/dashboard/problems", of: .problems) { try await ProblemsPageHandler($0).list($1) },
        PageEndpoint(.get, "/dashboard/problems.csv", of: .problems) { try await ProblemsPageHandler($0).all($1) },
        PageEndpoint(.get, "/dashboard/problems/plan", of: .problems, needing: .manageDeliveries) {
            try await ProblemsPageHandler($0).plan($1)
        },
        PageEndpoint(.post, "/dashboard/problems/plan", of: .problems, needing: .manageDeliveries) {
            try await ProblemsPageHandler($0).plan($1)
        },
        PageEndpoint(.post, "/dashboard/problems/act", of: .problems, needing: .manageDeliveries) {
            try await ProblemsPageHandler($0).act($1)
        },
        PageEndpoint(.get, "/dashboard/problems/result", of: .problems, needing: .manageDeliveries) {
            try await ProblemsPageHandler($0).result($1)
        },
    ]

    private static let log = [
        PageEndpoint(.get, "/dashboard/log", of: .log) { try await LogPageHandler($0).respond(to: $1) },
        PageEndpoint(.get, "/dashboard/log.csv", of: .log) { try await LogPageHandler($0).all($1) },
    ]
}
