package import Events

/// A condition that must hold for a migration to go on.
package enum Gate: String, Sendable, CaseIterable {
    case unexplained, usage, rejected, uncertain
    case backlogAge = "backlog_age"
    case lost
}

/// How a gate stands.
package struct GateStatus: Sendable, Equatable {
    /// What a measurement says of a gate.
    package enum Color: Sendable, Equatable {
        case green, red
        /// Nothing can be said, for this reason. It stops a migration like red: a check that did not run proves nothing.
        case unknown(Reason)
    }

    /// Why a gate is unknown.
    package enum Reason: Sendable, Equatable {
        case notMeasured
        /// The measurement is older than the window of the gates.
        case tooOld(Timestamp)
        /// The measurement rests on fewer events than the gates require.
        case tooFewEvents(UInt64)
    }

    package let gate: Gate
    package let color: Color
    /// The measured value, for people; nil if nothing was measured.
    package let figure: String?
    /// The allowed value, for people.
    package let limit: String

    package var isGreen: Bool { color == .green }
}

extension GateSettings {
    /// How all gates stand, in the order of ``Gate``. A pure function.
    /// - Parameter now: to which the window is counted.
    package func statuses(by readings: GateMeasurements, at now: Timestamp) -> [GateStatus] {
        let judge = GateJudge(settings: self, now: now)
        return Gate.allCases.map { gate in
            switch gate {
            case .unexplained: judge.count(gate, readings.unexplained, limit: unexplained, needing: leastEvents)
            case .usage: judge.fraction(gate, readings.usage, limit: usage)
            case .rejected: judge.fraction(gate, readings.rejected, limit: rejected)
            case .uncertain: judge.count(gate, readings.uncertain, limit: uncertain, needing: 0)
            case .backlogAge: judge.age(gate, readings.backlogAge, limit: backlogAge)
            // A sample is small.
            case .lost: judge.count(gate, readings.lost, limit: lost, needing: 1)
            }
        }
    }
}

/// Compares measurements with what is allowed.
private struct GateJudge {
    let settings: GateSettings
    let now: Timestamp

    /// A count that is too high is so however few events there were.
    func count(_ gate: Gate, _ reading: GateMeasurements.Measured<UInt64>?, limit: UInt64, needing least: UInt64)
        -> GateStatus
    {
        let color = color(of: reading, needing: least) { value, hasEvents in
            value > limit ? .red : hasEvents ? .green : nil
        }
        let figure = reading.map { gate == .lost ? "\($0.value) of \($0.events) read back" : "\($0.value)" }
        return GateStatus(gate: gate, color: color, figure: figure, limit: "\(limit)")
    }

    func fraction(_ gate: Gate, _ reading: GateMeasurements.Measured<Fraction>?, limit: Percentage) -> GateStatus {
        let color = color(of: reading) { value, hasEvents in
            hasEvents ? limit.isExceeded(by: value) ? .red : .green : nil
        }
        return GateStatus(gate: gate, color: color, figure: reading.map(\.value.text), limit: limit.text)
    }

    func age(_ gate: Gate, _ reading: GateMeasurements.Measured<Duration>?, limit: Duration) -> GateStatus {
        let text = { (age: Duration) in "\(age.components.seconds) s" }
        let color = color(of: reading) { value, _ in value > limit ? .red : .green }
        return GateStatus(gate: gate, color: color, figure: reading.map { text($0.value) }, limit: text(limit))
    }

    /// - Parameters:
    ///   - least: how many events are enough; nil: as the settings say.
    ///   - judge: the colour, by the value and whether it rests on enough events; nil if it needs more of them.
    private func color<Value>(
        of reading: GateMeasurements.Measured<Value>?,
        needing least: UInt64? = nil,
        _ judge: (Value, _ hasEvents: Bool) -> GateStatus.Color?
    ) -> GateStatus.Color {
        guard let reading else { return .unknown(.notMeasured) }
        guard now - reading.at <= settings.window else { return .unknown(.tooOld(reading.at)) }
        let hasEvents = reading.events >= least ?? settings.leastEvents
        return judge(reading.value, hasEvents) ?? .unknown(.tooFewEvents(reading.events))
    }
}
