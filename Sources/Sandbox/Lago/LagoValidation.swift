import Foundation

/// What Lago asks of an event, and what it tells events apart by.
enum LagoValidation {
    /// Field and code of each fault.
    static func faults(in event: SandboxJSON, needsIdentity: Bool) -> [(field: String, code: String)] {
        var faults: [(String, String)] = []
        if needsIdentity {
            for name in ["transaction_id", "code"] where text(event[name])?.isEmpty != false {
                faults.append((name, "value_is_mandatory"))
            }
        }
        if let timestamp = event["timestamp"], !timestamp.isNull, seconds(timestamp) == nil {
            faults.append(("timestamp", "invalid_format"))
        }
        return faults
    }

    /// Whether there is a U+0000 anywhere in it, which PostgreSQL cannot store.
    static func holdsZero(_ value: SandboxJSON) -> Bool {
        switch value {
        case .string(let text): text.utf8.contains(0)
        case .array(let elements): elements.contains(where: holdsZero)
        case .object(let members): members.contains { $0.name.utf8.contains(0) || holdsZero($0.value) }
        case .null, .bool, .number: false
        }
    }

    /// The faults as Lago's `error_details`.
    static func json(_ faults: [(field: String, code: String)]) -> SandboxJSON {
        .object(faults.map { SandboxJSON.Member(name: $0.field, value: [.string($0.code)]) })
    }

    /// Numbers become strings; arrays and objects count as missing.
    static func text(_ value: SandboxJSON?) -> String? {
        value?.string ?? value?.number
    }

    /// Unix seconds of the years 0 to 9999, as a number or as numeric text.
    static func seconds(_ value: SandboxJSON) -> Double? {
        guard let text = text(value), text.allSatisfy({ $0.isNumber || $0 == "." || $0 == "-" }),
            let seconds = Double(text), SandboxTime.seconds.contains(seconds)
        else { return nil }
        return seconds
    }

    /// nil where PostgreSQL's unique index lets several pass, because the subscription is null.
    static func identity(of event: SandboxJSON, store: LagoSimulator.Store, now: Date) -> String? {
        guard let subscription = text(event["external_subscription_id"]) else { return nil }
        let id = text(event["transaction_id"]) ?? ""
        switch store {
        case .postgres: return "\(subscription)\u{0}\(id)"
        case .clickhouse:
            let time = microseconds(of: event, store: store, now: now)
            return "\(subscription)\u{0}\(text(event["code"]) ?? "")\u{0}\(id)\u{0}\(time)"
        }
    }

    /// When the event occurred: PostgreSQL keeps microseconds, ClickHouse milliseconds.
    static func microseconds(of event: SandboxJSON, store: LagoSimulator.Store, now: Date) -> Int {
        let time = event["timestamp"].flatMap(seconds) ?? now.timeIntervalSince1970
        // Safe: seconds that were read lie within the years 0 to 9999.
        switch store {
        case .postgres: return Int((time * 1_000_000).rounded())
        case .clickhouse: return Int((time * 1000).rounded()) * 1000
        }
    }
}

/// How Lago shows events.
enum LagoEvents {
    /// The answer to a write, in which ClickHouse has no ids of its own yet.
    /// - Parameter id: the one that reads show on PostgreSQL.
    static func confirmed(
        _ event: SandboxJSON,
        _ store: LagoSimulator.Store,
        _ arrived: Date,
        id: String
    ) -> SandboxJSON {
        let isPostgres = store == .postgres
        let time = LagoValidation.microseconds(of: event, store: store, now: arrived)
        return json(
            event,
            time: SandboxTime.text(milliseconds: SandboxTime.floored(time, by: 1000).quotient),
            own: [
                "lago_id": isPostgres ? .string(id) : nil, "lago_customer_id": nil,
                "lago_subscription_id": nil,
                "created_at": isPostgres ? .string(SandboxTime.text(arrived, decimals: 0)) : nil,
            ],
            hasTexts: false
        )
    }

    /// - Parameter own: what the vendor adds.
    /// - Parameter hasTexts: whether the values of properties are texts, as ClickHouse keeps them.
    static func json(_ event: SandboxJSON, time: String, own: SandboxJSON, hasTexts: Bool) -> SandboxJSON {
        let properties = event["properties"]?.members ?? []
        return [
            "lago_id": own["lago_id"] ?? nil,
            "transaction_id": LagoValidation.text(event["transaction_id"]).map { .string($0) } ?? nil,
            "lago_customer_id": own["lago_customer_id"] ?? nil,
            "code": LagoValidation.text(event["code"]).map { .string($0) } ?? nil,
            "timestamp": .string(time),
            "precise_total_amount_cents": event["precise_total_amount_cents"] ?? nil,
            "properties": .object(hasTexts ? properties.map(asText) : properties),
            "lago_subscription_id": own["lago_subscription_id"] ?? nil,
            "external_subscription_id": event["external_subscription_id"] ?? nil,
            "created_at": own["created_at"] ?? nil,
        ]
    }

    private static func asText(_ member: SandboxJSON.Member) -> SandboxJSON.Member {
        let value = member.value
        return .init(name: member.name, value: .string(value.isNull ? "" : value.string ?? value.text))
    }
}
