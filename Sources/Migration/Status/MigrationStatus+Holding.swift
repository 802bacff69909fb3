import OfRecord

extension MigrationStatus {
    /// Why the gates should hold the migration: one is red, or its check did not run. Nil if they should not: nobody moves now, or the order
    /// to go on has overridden these gates.
    package var reasonToHold: String? {
        guard course.hold == nil, stage == .ramp || stage == .cut else { return nil }
        return reason { $0.isTripped }
    }

    /// Why the customers that have moved should return: the new provider's bill lacks events, as was measured there. Nil if they should
    /// not: nobody has moved, or the order to go on has overridden these gates.
    ///
    /// A gate that is unknown returns nobody, nor does one whose figure may come from the old provider or resolve itself: a return in the
    /// middle of a period moves money.
    package var reasonToReturn: String? {
        guard [.ramp, .cut, .drain].contains(stage) else { return nil }
        return reason { $0.color == .red && $0.gate.isOfMissingEvents }
    }

    private func reason(_ isReason: (GateStatus) -> Bool) -> String? {
        let found = gates.filter { !overridden.contains($0.gate) && isReason($0) }
        guard !found.isEmpty else { return nil }
        return found.map { "\($0.gate.rawValue) is \($0.text)" }.joined(separator: "; ")
    }
}

extension Gate {
    /// Whether red means that the new provider does not have events that it should bill.
    fileprivate var isOfMissingEvents: Bool {
        switch self {
        case .lost, .rejected: true
        case .unexplained, .usage, .uncertain, .backlogAge: false
        }
    }
}

extension GateStatus {
    /// Few events are no reason: there are migrations with little traffic.
    fileprivate var isTripped: Bool {
        switch color {
        case .green, .unknown(.tooFewEvents): false
        case .red, .unknown(.notMeasured), .unknown(.tooOld): true
        }
    }
}
