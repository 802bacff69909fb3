import OfRecord

extension MigrationStatus {
    /// Why the gates should hold the migration: one is red, or its check did not run. Nil if they should not: nobody moves now, or the order
    /// to go on has overridden these gates.
    package var reasonToHold: String? {
        guard course.hold == nil, stage == .ramp || stage == .cut else { return nil }
        let tripped = gates.filter { !overridden.contains($0.gate) && $0.isTripped }
        guard !tripped.isEmpty else { return nil }
        return tripped.map { "\($0.gate.rawValue) is \($0.text)" }.joined(separator: "; ")
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
