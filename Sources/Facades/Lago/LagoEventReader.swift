import Events
import JSON
import Vendors

/// Reads one event of a Lago request by Lago's rules, and collects its faults in Lago's codes. Unknown keys are ignored.
struct LagoEventReader {
    private(set) var faults: [LagoFault] = []

    private enum Field: Int, MemberName {
        case transaction, subscription, code, timestamp, amount, properties, customer

        static let names = spelled {
            switch $0 {
            case .transaction: "transaction_id"
            case .subscription: "external_subscription_id"
            case .code: "code"
            case .timestamp: "timestamp"
            case .amount: "precise_total_amount_cents"
            case .properties: "properties"
            case .customer: "external_customer_id"
            }
        }
    }

    /// Beyond it a number of seconds is surely one of milliseconds.
    private static let newest = Timestamp.start(ofYear: 2200)

    /// - Returns: nil if anything is wrong; ``faults`` says what.
    mutating func read(_ value: JSONValue) -> CanonicalEvent? {
        let members = NamedMembers<Field>(of: value)
        let id = mandatory(members[.transaction], "transaction_id", most: 255)
        let code = mandatory(members[.code], "code", most: 128, inCharacters: true)
        // Lago stores an event without a subscription and never bills it.
        let subscription = mandatory(members[.subscription], "external_subscription_id", most: 255)
        let timestamp = timestamp(members[.timestamp])
        let amount = amount(members[.amount])
        let properties = properties(members[.properties])
        let customer = customer(members[.customer])
        guard faults.isEmpty else { return nil }
        return CanonicalEvent(
            id: EventID(id),
            idScope: subscription,
            name: code,
            customerID: customer,
            subscriptionID: subscription,
            timestamp: timestamp,
            properties: properties,
            vendor: amount.map(Self.vendor)
        )
    }

    /// Numbers become text; what can be no text counts as missing, and so does blank text.
    private mutating func mandatory(
        _ value: JSONValue?,
        _ field: String,
        most: Int,
        inCharacters: Bool = false
    ) -> String {
        guard let text = value?.string ?? value?.numberText, !Self.isBlank(text) else {
            fault(field, "value_is_mandatory")
            return ""
        }
        let isTooLong = text.utf8.count > most && (!inCharacters || text.unicodeScalars.count > most)
        if isTooLong { fault(field, "value_is_too_long") }
        checkStorable(text, field)
        return text
    }

    /// Lago finds the customer by the subscription and has not read this field since v1.2.0; other vendors need it. What is no text
    /// and no number is skipped, as Lago skips all of it.
    private mutating func customer(_ value: JSONValue?) -> String? {
        guard let text = value?.string ?? value?.numberText, !Self.isBlank(text) else { return nil }
        if text.utf8.count > 255 { fault("external_customer_id", "value_is_too_long") }
        checkStorable(text, "external_customer_id")
        return text
    }

    /// PostgreSQL stores no U+0000; Lago answers it with 500 every time.
    private mutating func checkStorable(_ text: String, _ field: String) {
        if text.utf8.contains(0) { fault(field, Self.unstorable) }
    }

    private static let unstorable = "value_contains_a_nul_character"

    /// Unix seconds as a number or numeric text, exact to the millisecond.
    private mutating func timestamp(_ value: JSONValue?) -> Timestamp? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.numberText ?? value.string.map(LagoDecimal.trimmed), LagoDecimal.isNumber(text) else {
            fault("timestamp", "invalid_format")
            return nil
        }
        let digits = text.hasPrefix("+") ? String(text.dropFirst()) : text
        let plain = LagoDecimal.plainMilliseconds(digits).map { Timestamp(milliseconds: $0) }
        guard let timestamp = plain ?? Timestamp(unixSeconds: digits), timestamp <= Self.newest else {
            fault("timestamp", digits.hasPrefix("-") ? "invalid_format" : "milliseconds_where_seconds_are_expected")
            return nil
        }
        return timestamp
    }

    /// The amount of a dynamic charge as a plain decimal. Lago takes text that is no number for 0; here it is a fault.
    private mutating func amount(_ value: JSONValue?) -> String? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.numberText ?? value.string.map(LagoDecimal.trimmed) else {
            fault("precise_total_amount_cents", "invalid_format")
            return nil
        }
        if text.isEmpty { return nil }
        guard let amount = LagoDecimal.plain(text) else {
            fault("precise_total_amount_cents", "invalid_format")
            return nil
        }
        return amount
    }

    /// Rails drops properties that are no object; no properties and none at all are the same to Lago.
    private mutating func properties(_ value: JSONValue?) -> JSONText? {
        guard let value, value.kind == .object, !value.members.isEmpty else { return nil }
        if value.depth > EventReader.deepest {
            fault("properties", "nested_too_deep")
            return nil
        }
        if JSONEscapes.holdZeroCharacter(value.raw) { fault("properties", Self.unstorable) }
        return LastMemberWins.text(of: value)
    }

    /// Ruby's `blank?`.
    private static func isBlank(_ text: String) -> Bool {
        // Most texts begin with something that can be seen.
        if let first = text.utf8.first, (0x21...0x7E).contains(first) { return false }
        return text.allSatisfy(\.isWhitespace)
    }

    private mutating func fault(_ field: String, _ code: String) {
        faults.append(LagoFault(field: field, code: code))
    }

    /// Keeps the precise amount, for which the canonical event has no field.
    private static func vendor(amount: String) -> JSONText {
        JSONText(checked: #"{"lago":{"precise_total_amount_cents":"\#(amount)"}}"#)
    }
}

extension JSONMembers {
    fileprivate var isEmpty: Bool { !contains { _ in true } }
}
