package import Events

/// The filter of failed deliveries, as its form and its links have it.
package struct ProblemsFilter: Sendable {
    /// Names and values, as in the address; without `cursor` and `limit`.
    package let parameters: [(name: String, value: String?)]
    let eventName: String
    let customer: String
    let from: String
    let until: String
    let providers: [Choice]
    let statuses: [Choice]
    let codes: [Choice]
    /// The same as hidden fields of a form.
    let hidden: [Hidden]

    /// A field that a form carries on.
    package struct Hidden: Sendable {
        let name: String
        let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The fields that the filter has.
    package static let fields = [
        "provider", "status", "error_code", "name", "customer_id", "accepted_from", "accepted_until",
    ]
    /// The states that the page is about.
    package static let statuses: [DeliveryStatus] = [.rejected, .uncertain, .retrying, .discarded]

    /// - Parameters:
    ///   - value: of each field in the address.
    ///   - providers: the names to choose from.
    package init(_ value: (String) -> String?, providers names: [String]) {
        parameters = Self.fields.map { ($0, value($0)) }
        hidden = Self.fields.compactMap { name in value(name).map { Hidden(name, $0) } }
        eventName = value("name") ?? ""
        customer = value("customer_id") ?? ""
        from = value("accepted_from") ?? ""
        until = value("accepted_until") ?? ""
        let (provider, status, code) = (value("provider"), value("status"), value("error_code"))
        providers = names.map { Choice($0, isChosen: $0 == provider) }
        statuses = Self.statuses.map { Choice($0.rawValue, isChosen: $0.rawValue == status) }
        codes = DeliveryErrorCode.allCases.map { Choice($0.rawValue, isChosen: $0.rawValue == code) }
    }
}
