import OfRecord

/// How far a migration is. It follows from the log, the backfills and the clock, and is kept nowhere.
package enum MigrationStage: String, Sendable, CaseIterable {
    /// The new provider gets nothing.
    case check
    /// Events are translated for the new provider, and not sent.
    case shadow
    /// The new provider gets new events, and not those of before.
    case mirror
    /// The new provider gets events of before.
    case backfill
    /// Both providers have the same, as far as is known.
    case parity
    /// Some customers move.
    case ramp
    /// All customers move, each at his boundary.
    case cut
    /// All customers have moved. The old provider gets everything until its last invoice is final.
    case drain
    case closed

    /// From 0.
    package var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// What must hold to leave a stage.
package struct StageCondition: Sendable, Equatable {
    /// How it stands.
    package enum Color: String, Sendable, CaseIterable {
        case green, red, unknown
    }

    /// Such as `untranslatable`.
    package let name: String
    package let color: Color
    /// What was found, and what is needed, for people.
    package let text: String

    package init(_ name: String, _ color: Color, _ text: String) {
        self.name = name
        self.color = color
        self.text = text
    }

    init(_ gate: GateStatus) {
        let color: Color =
            switch gate.color {
            case .green: .green
            case .red: .red
            case .unknown: .unknown
            }
        let measured = gate.figure.map { "\($0), at most \(gate.limit)" }
        let reason: String? = if case .unknown(let reason) = gate.color { reason.text } else { nil }
        self.init(gate.gate.rawValue, color, [measured, reason].compactMap(\.self).joined(separator: "; "))
    }
}
