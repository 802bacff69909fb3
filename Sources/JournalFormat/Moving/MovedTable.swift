/// A table whose rows go from one store to another as they are.
package enum MovedTable: String, CaseIterable, Sendable {
    case deliveries, attempts, amendments, holds
    case operatorHolds = "operator_holds"
    case revisions, lanes
    case laneCounts = "lane_counts"
    case pins
    case migrationLog = "migration_log"
    case shadowCounts = "shadow_counts"
    case audit, damage

    /// What the rows have, those of the key first. Providers of holds are names, since nothing else may name them; positions and numbers of
    /// samples are texts.
    package var columns: [MovedColumn] {
        switch self {
        case .deliveries:
            [
                MovedColumn("sequence", .int8), MovedColumn("account", .int4), MovedColumn("origin", .int4),
                MovedColumn("status", .text), MovedColumn("attempts", .int4), MovedColumn("next_attempt_at", .int8),
                MovedColumn("reached_at", .int8), MovedColumn("reached_before", .bool),
                MovedColumn("fault_is_last_attempts", .bool),
            ] + Self.fault
        case .attempts:
            [
                MovedColumn("sequence", .int8), MovedColumn("account", .int4), MovedColumn("ordinal", .int4),
                MovedColumn("at", .int8), MovedColumn("latency", .int8), MovedColumn("http_status", .int2),
                MovedColumn("status", .text), MovedColumn("deduplicated", .bool),
            ] + Self.fault
        case .amendments:
            [
                MovedColumn("sequence", .int8), MovedColumn("account", .int4), MovedColumn("first_attempt", .int4),
                MovedColumn("at", .int8), MovedColumn("client", .text), MovedColumn("destination", .bytea),
            ]
        case .holds:
            [MovedColumn("provider", .text), MovedColumn("until", .int8), MovedColumn("is_parked", .bool)] + Self.fault
        case .operatorHolds:
            [
                MovedColumn("provider", .text), MovedColumn("until", .int8), MovedColumn("client", .text),
                MovedColumn("at", .int8),
            ]
        case .revisions:
            [
                MovedColumn("number", .int8), MovedColumn("tenant", .text), MovedColumn("action", .text),
                MovedColumn("filter", .text), MovedColumn("client", .text), MovedColumn("at", .int8),
                MovedColumn("changed", .int8), MovedColumn("busy", .int8),
            ]
        case .lanes:
            [
                MovedColumn("number", .int8), MovedColumn("provider", .int4), MovedColumn("account", .int4),
                MovedColumn("adapter", .text), MovedColumn("filter", .bytea), MovedColumn("routes", .bytea),
                MovedColumn("first", .text), MovedColumn("through", .text), MovedColumn("state", .text),
                MovedColumn("rate", .float8), MovedColumn("started_by", .text), MovedColumn("started_at", .int8),
                MovedColumn("changed_by", .text), MovedColumn("changed_at", .int8), MovedColumn("ended_at", .int8),
            ]
        case .laneCounts: [MovedColumn("lane", .int8), MovedColumn("word", .text), MovedColumn("events", .int8)]
        case .pins: [MovedColumn("name", .text), MovedColumn("accepted_from", .int8), MovedColumn("expires_at", .int8)]
        case .migrationLog:
            [
                MovedColumn("migration", .text), MovedColumn("number", .int8), MovedColumn("action", .text),
                MovedColumn("detail", .bytea), MovedColumn("plan", .text), MovedColumn("actor", .text),
                MovedColumn("key_id", .text), MovedColumn("at", .int8),
            ]
        case .shadowCounts:
            [
                MovedColumn("account", .int4), MovedColumn("class", .text), MovedColumn("field", .text),
                MovedColumn("events", .int8), MovedColumn("first_at", .int8), MovedColumn("last_at", .int8),
                MovedColumn("samples", .text),
            ]
        case .audit:
            [
                MovedColumn("number", .int8), MovedColumn("category", .text), MovedColumn("at", .int8),
                MovedColumn("action", .text), MovedColumn("tenant", .text), MovedColumn("actor", .text),
                MovedColumn("key_id", .text), MovedColumn("remote_address", .text), MovedColumn("details", .bytea),
            ]
        case .damage: [MovedColumn("first", .int8), MovedColumn("last", .int8), MovedColumn("reason", .text)]
        }
    }

    /// How many columns are the key.
    package var keyCount: Int {
        switch self {
        case .attempts, .amendments, .shadowCounts: 3
        case .deliveries, .laneCounts, .migrationLog: 2
        case .holds, .operatorHolds, .revisions, .lanes, .pins, .audit, .damage: 1
        }
    }

    private static let fault = [
        MovedColumn("fault_code", .text), MovedColumn("fault_message", .text), MovedColumn("fault_vendor", .text),
    ]
}

/// A column of a ``MovedTable``.
package struct MovedColumn: Sendable, Equatable {
    /// As PostgreSQL names the types.
    package enum Kind: String, Sendable {
        case int2, int4, int8, float8, bool, text, bytea
    }

    package let name: String
    package let kind: Kind

    init(_ name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }
}

/// A value of a row that is moved. Booleans are 0 and 1.
package enum MovedValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])

    /// Bytes that it takes, about.
    package var size: Int {
        switch self {
        case .null, .integer, .real: 8
        case .text(let text): 16 + text.utf8.count
        case .bytes(let bytes): 16 + bytes.count
        }
    }
}
