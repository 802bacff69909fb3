import OfRecord

/// The fields of an order for a migration, as somebody filled them in.
package struct MoveForm: Sendable {
    /// What can be ordered.
    package enum Act: String, Sendable, CaseIterable {
        case start, stage, ramp, cut, hold, resume
        case goBack = "return"
        case close

        /// For the list of acts.
        fileprivate var label: String {
            switch self {
            case .start: "start: begin the migration with this stage"
            case .stage: "stage: change what the new provider gets"
            case .ramp: "ramp: move this share of the customers"
            case .cut: "cut: move all customers from this time on"
            case .hold: "hold: let nobody move"
            case .resume: "resume: end the hold"
            case .goBack: "return: send customers back"
            case .close: "close: end the migration"
            }
        }
    }

    let acts: [Choice]
    let stages: [Choice]
    let share: String
    let at: String
    let times: [Choice]
    let customers: String
    let reason: String
    let plan: String
    let gates: [Choice]

    /// - Parameters:
    ///   - act: the one that is chosen.
    ///   - despite: the gates that need not be green.
    package init(
        act: String? = nil,
        stage: String? = nil,
        share: String = "",
        at: String = "",
        when: String? = nil,
        customers: String = "",
        reason: String = "",
        plan: String = "",
        despite: [String] = []
    ) {
        let chosen = act.flatMap(Act.init(rawValue:)) ?? .ramp
        acts = Act.allCases.map { Choice($0.rawValue, label: $0.label, isChosen: $0 == chosen) }
        stages = MigrationEntry.Delivery.allCases.map { Choice($0.rawValue, isChosen: $0.rawValue == stage) }
        self.share = share
        self.at = at
        times = MigrationEntry.ReturnTime.allCases.map { Choice($0.rawValue, isChosen: $0.rawValue == when) }
        self.customers = customers
        self.reason = reason
        self.plan = plan
        gates = Gate.allCases.map { Choice($0.rawValue, isChosen: despite.contains($0.rawValue)) }
    }
}
