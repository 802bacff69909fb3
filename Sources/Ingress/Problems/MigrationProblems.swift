import HTTPTypes
import Migration

/// Problems of migrations.
extension Problem {
    /// 404 for what does not exist, 409 for an order that the migration's state, its gates or another order forbid, 503 for a plan that
    /// cannot be read.
    init(_ refusal: MigrationRefusal) {
        if case .store(let error) = refusal {
            self.init(error)
            return
        }
        let (status, kind, title): (HTTPResponse.Status, String, String) =
            switch refusal {
            case .unknown: (.notFound, "unknown-migration", "No such migration")
            case .unknownPlan: (.notFound, "unknown-plan", "No such plan")
            case .stalePlan: (.conflict, "stale-plan", "The plan is out of date")
            case .unfinishedPlan: (.conflict, "unfinished-plan", "The plan is not finished")
            case .overtaken: (.conflict, "overtaken", "Another order came first")
            case .gates: (.conflict, "gates-not-green", "A gate is not green")
            case .closed, .alreadyStarted, .notStarted, .unchanged, .notMirrored, .customersMoved, .held, .notHeld,
                .nothingToReturn, .notCut, .notDrained, .full:
                (.conflict, "wrong-state", "The migration is not at that point")
            case .unreadable: (.conflict, "unreadable-order", "An earlier order cannot be read")
            case .planFile: (.serviceUnavailable, "store-failed", "The plan cannot be read")
            case .store: preconditionFailure("mapped above")
            }
        let detail =
            if case .planFile = refusal {
                "check the folder \"plans\" in the data folder; it must belong to the user that runs the gateway"
            } else {
                refusal.message ?? ""
            }
        self.init(status: status, kind: kind, title: title, detail: detail)
        if status == .serviceUnavailable { headers = [.retryAfter: "5"] }
    }
}
