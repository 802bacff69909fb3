import Access
import Dashboard
import HTTPTypes

/// Live, Try, Routes, Migration, Clients.
extension PageEndpoint {
    static let live = [
        PageEndpoint(.get, "/dashboard/live", of: .live) { try LivePageHandler($0).page($1) },
        PageEndpoint(.get, "/dashboard/live/stream", of: .live) { try await LivePageHandler($0).stream($1) },
    ]

    static let trying = [
        PageEndpoint(.get, "/dashboard/try", of: .try) { try await TryPageHandler($0).page($1) },
        PageEndpoint(.post, "/dashboard/try", of: .try) { try await TryPageHandler($0).act($1) },
        PageEndpoint(.post, "/dashboard/try/simulators", of: .try, needing: .admin) {
            try await TryPageHandler($0).simulate($1)
        },
    ]

    static let routes = [
        PageEndpoint(.get, "/dashboard/routes", of: .routes) { try await RoutesPageHandler($0).page($1) },
        PageEndpoint(.post, "/dashboard/routes/plan", of: .routes) { try await RoutesPageHandler($0).change($1) },
        PageEndpoint(.get, "/dashboard/routes/plans/{id}", of: .routes) { try await RoutesPageHandler($0).plan($1) },
    ]

    static let migration = [
        PageEndpoint(.get, "/dashboard/migration", of: .migration) { try await MigrationPageHandler($0).page($1) },
        PageEndpoint(.post, "/dashboard/migration/runs", of: .migration, needing: .manageMigrations) {
            try await MigrationPageHandler($0).compare($1)
        },
        PageEndpoint(.post, "/dashboard/migration/backfill", of: .migration, needing: .manageMigrations) {
            try await MigrationPageHandler($0).change($1)
        },
        PageEndpoint(.get, "/dashboard/migration/moves/{name}", of: .migration) {
            try await MovePageHandler($0).show($1)
        },
        PageEndpoint(.post, "/dashboard/migration/moves/{name}/check", of: .migration, needing: .manageMigrations) {
            try await MovePageHandler($0).check($1)
        },
        PageEndpoint(.post, "/dashboard/migration/moves/{name}/order", of: .migration, needing: .manageMigrations) {
            try await MovePageHandler($0).order($1)
        },
        PageEndpoint(
            .post,
            "/dashboard/migration/moves/{name}/customers.csv",
            of: .migration,
            needing: .manageMigrations
        ) {
            try await MovePageHandler($0).customers($1)
        },
        PageEndpoint(.get, "/dashboard/migration/runs/{id}", of: .migration) {
            try await ParityPageHandler($0).page($1)
        },
        PageEndpoint(.get, "/dashboard/migration/runs/{id}/report", of: .migration) {
            try await ParityPageHandler($0).report($1)
        },
        PageEndpoint(.get, "/dashboard/migration/runs/{id}/findings.csv", of: .migration) {
            try await ParityPageHandler($0).csv($1)
        },
        PageEndpoint(.post, "/dashboard/migration/runs/{id}/accept", of: .migration, needing: .manageMigrations) {
            try await ParityPageHandler($0).accept($1)
        },
        PageEndpoint(.post, "/dashboard/migration/runs/{id}/resend", of: .migration, needing: .manageMigrations) {
            try await ParityPageHandler($0).resend($1)
        },
    ]

    static let clients = [
        PageEndpoint(.get, "/dashboard/clients", of: .clients) { await ClientsPageHandler($0).page($1) },
        PageEndpoint(.post, "/dashboard/clients/create", of: .clients) { try await ClientsPageHandler($0).create($1) },
        PageEndpoint(.post, "/dashboard/clients/rotate", of: .clients) { try await ClientsPageHandler($0).rotate($1) },
        PageEndpoint(.post, "/dashboard/clients/revoke", of: .clients) { try await ClientsPageHandler($0).revoke($1) },
    ]
}
