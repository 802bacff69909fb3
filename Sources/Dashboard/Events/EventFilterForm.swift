import Events

/// The filter of the list of events, as its form and its links have it.
package struct EventFilterForm: Sendable {
    /// Names and values, as in the address; without `cursor` and `limit`.
    package let parameters: [(name: String, value: String?)]
    let customer: String
    let name: String
    let subscription: String
    let source: String
    let client: String
    let from: String
    let until: String
    let windows: [Choice]
    let providers: [Choice]
    let statuses: [Choice]
    let orders: [Choice]
    let isOldestFirst: Bool

    /// The windows to choose from.
    package static let windows: [(value: String, label: String, length: Duration)] = [
        ("15m", "last 15 min", .seconds(900)), ("1h", "last hour", .seconds(3600)),
        ("24h", "last 24 h", .seconds(86_400)),
        ("7d", "last 7 days", .seconds(7 * 86_400)),
    ]

    /// - Parameters:
    ///   - value: of each field in the address.
    ///   - providers: the names to choose from.
    package init(_ value: (String) -> String?, providers names: [String]) {
        let fields = [
            "customer_id", "name", "subscription_id", "source", "client", "window", "from", "until",
            "delivery_provider", "delivery_status", "order",
        ]
        parameters = fields.map { ($0, value($0)) }
        customer = value("customer_id") ?? ""
        name = value("name") ?? ""
        subscription = value("subscription_id") ?? ""
        source = value("source") ?? ""
        client = value("client") ?? ""
        from = value("from") ?? ""
        until = value("until") ?? ""
        let window = value("window")
        windows = Self.windows.map { Choice($0.value, label: $0.label, isChosen: $0.value == window) }
        let provider = value("delivery_provider")
        providers = names.map { Choice($0, isChosen: $0 == provider) }
        let status = value("delivery_status")
        let order = value("order") ?? "newest"
        isOldestFirst = order == "oldest"
        orders = [("newest", "newest first"), ("oldest", "oldest first")].map {
            Choice($0.0, label: $0.1, isChosen: $0.0 == order)
        }
        statuses = DeliveryStatus.allCases.map { Choice($0.rawValue, isChosen: $0.rawValue == status) }
    }
}
