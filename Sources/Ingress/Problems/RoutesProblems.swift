import ConfigurationFile
import Events
import HTTPTypes
import Migration
import Routing

/// Problems of a `routes.json` that is reloaded or planned.
extension Problem {
    init(_ refusal: ReloadError) {
        switch refusal {
        case .unreadable(let reason):
            self.init(
                status: .unprocessableContent,
                kind: "unreadable-routes",
                title: "routes.json cannot be read",
                detail: "\(reason); the current routes stay active"
            )
        case .faulty(let faulty):
            self.init(
                status: .unprocessableContent,
                kind: "faulty-routes",
                title: "routes.json is invalid",
                detail: "the current routes stay active; see faults",
                faults: faulty.faults
            )
        case .changedAccounts(let accounts):
            self.init(
                status: .conflict,
                kind: "changed-account",
                title: "A provider's adapter has changed",
                detail: "the current routes stay active; \(accounts.map(\.description).joined(separator: "; "))"
            )
        case .store(let error):
            self.init(error)
        }
    }

    init(_ error: PlanError) {
        switch error {
        case .faulty(let faulty):
            self.init(
                status: .unprocessableContent,
                kind: "faulty-routes",
                title: "routes.json is invalid",
                detail: "no plan was made; see faults",
                faults: faulty.faults
            )
        case .unknownMigration(let name): self.init(MigrationRefusal.unknown(name))
        case .beforeRetention(let earliest):
            self.init(
                status: .unprocessableContent,
                kind: "window-removed",
                title: "The window is older than the events that are kept",
                detail: "earlier events were removed; start the window at \(earliest.rfc3339) or later"
            )
        case .busy:
            self.init(
                status: .serviceUnavailable,
                kind: "too-many-plans",
                title: "Too many plans are waiting",
                detail: "plans are made one at a time; try again when some are finished",
                headers: [.retryAfter: "10"]
            )
        case .unknown:
            self.init(
                status: .notFound,
                kind: "unknown-plan",
                title: "No such plan",
                detail: "no plan has this id; plans are kept for 7 days and are made by POST /v1/plans"
            )
        case .store(let error):
            self.init(error)
        case .file:
            self.init(
                status: .serviceUnavailable,
                kind: "store-failed",
                title: "The plan cannot be read",
                detail:
                    "check the folder \"plans\" in the data folder; it must belong to the user that runs the gateway",
                headers: [.retryAfter: "5"]
            )
        }
    }
}
