import Events

/// The shapes that distinguish statuses of deliveries beside their colours.
enum StatusMarker {
    /// Path data around the origin, about ten units wide.
    static func path(_ status: DeliveryStatus) -> String {
        switch status {
        case .delivered: "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z"
        case .retrying: "M0-5.5L5.5 4.5H-5.5z"
        case .rejected: "M-4.5-4.5h9v9h-9z"
        case .uncertain: "M0-6L6 0L0 6L-6 0z"
        case .skipped: "M-5-1.5h10v3h-10z"
        case .discarded: "M-4.5-2.5l2-2L0-2l2.5-2.5l2 2L2 0l2.5 2.5l-2 2L0 2l-2.5 2.5l-2-2L-2 0z"
        case .pending: "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0zM-2.8 0a2.8 2.8 0 1 1 5.6 0a2.8 2.8 0 1 1-5.6 0z"
        }
    }
}
