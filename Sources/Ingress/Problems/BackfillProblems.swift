import DeliveryEngine
import HTTPTypes

/// Problems of backfills.
extension Problem {
    /// 404 for what does not exist or is not the client's to see, 403 for a provider that others use too, 409 for what is at odds with
    /// another backfill or with its state, 422 for an order that cannot be carried out as it is. `tollgate backfill start` names an option
    /// for some of the kinds.
    init(_ refusal: BackfillRefusal) {
        if case .store(let error) = refusal {
            self.init(error)
            return
        }
        let (status, kind, title): (HTTPResponse.Status, String, String) =
            switch refusal {
            case .unknownProvider: (.notFound, "unknown-provider", "No such provider")
            case .unknown: (.notFound, "unknown-backfill", "No such backfill")
            case .sharedProvider: (.forbidden, "shared-provider", "The provider is shared")
            case .emptyWindow, .futureWindow: (.unprocessableContent, "empty-window", "The window has no events")
            case .beforeRetention:
                (.unprocessableContent, "window-removed", "The window is older than the events that are kept")
            case .incompletePeriods, .allIncomplete:
                (.unprocessableContent, "incomplete-periods", "Some billing periods are incomplete in the journal")
            case .noRoute: (.unprocessableContent, "not-routed", "The routes do not deliver there")
            case .notLive: (.unprocessableContent, "not-live", "The routes do not deliver there")
            case .unreadable: (.unprocessableContent, "unreadable-provider", "The provider cannot be read")
            case .moved: (.conflict, "customers-moved", "Customers have moved")
            case .unconfirmed: (.unprocessableContent, "not-confirmed", "The backfill must be confirmed")
            case .overlaps: (.conflict, "overlapping-backfill", "Another backfill takes these events")
            case .wrongState: (.conflict, "wrong-state", "The backfill cannot be changed")
            case .store: preconditionFailure("mapped above")
            }
        self.init(status: status, kind: kind, title: title, detail: refusal.message ?? "")
    }
}
