import Events

/// What a correction does at one destination, for people: the same in the API and on pages.
extension CorrectionResult {
    /// The result's name in the API.
    var name: String {
        switch self {
        case .replace: "applied"
        case .beside(_, let later): later > .zero ? "applied" : "compensated"
        case .already(let record): record == nil ? "unchanged" : "already_corrected"
        case .impossible, .needs: "impossible"
        }
    }

    /// For people: why nothing is sent; nil if something is.
    var reason: String? {
        switch self {
        case .beside, .replace, .needs: nil
        case .impossible(let reason): reason
        case .already(nil): "what counts there is right already"
        case .already(let record?):
            switch record.status {
            case .rejected, .uncertain:
                "corrected so before, and that correction is \(record.status.rawValue); retry or discard its delivery"
            default: "corrected so before"
            }
        }
    }

    /// Whether an event is sent for it.
    var isSent: Bool {
        switch self {
        case .beside, .replace: true
        case .already, .impossible, .needs: false
        }
    }
}
