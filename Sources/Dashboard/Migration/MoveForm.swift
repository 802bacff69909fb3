import Events
import Migration
import OfRecord

/// The forms of the orders that a migration may be given now, with what somebody filled in.
package struct MoveForm: Sendable {
    /// What can be ordered, the likely ones first.
    package enum Act: String, Sendable, CaseIterable {
        case resume, start, stage, ramp, cut, close
        case goBack = "return"
        case hold

        /// What its form is called.
        fileprivate var label: String {
            switch self {
            case .start: "Start the migration"
            case .stage: "Change what the new provider gets"
            case .ramp: "Move a share of the customers"
            case .cut: "Move all customers"
            case .hold: "Hold: nobody moves until it is resumed"
            case .resume: "Resume: end the hold"
            case .goBack: "Return customers to the old provider"
            case .close: "Close the migration"
            }
        }

        /// Orders of the kind; one that may be carried out is enough to offer it.
        fileprivate func examples(_ status: MigrationStatus) -> [MigrationOrder.Command] {
            let deliveries = MigrationEntry.Delivery.allCases
            switch self {
            case .start: return deliveries.map { .start($0) }
            case .stage: return deliveries.map { .stage($0) }
            case .ramp: return [.ramp(share: 100), .ramp(share: 50)]
            case .cut: return [.cut(at: status.course.cut.map { $0 + .seconds(1) } ?? .init(milliseconds: 0))]
            case .hold: return [.hold]
            case .resume: return [.resume]
            case .goBack: return [.goBack(when: .now, customers: nil)]
            case .close: return [.close]
            }
        }

        /// Whether it may be ordered as the migration stands, apart from gates, which an order can override.
        fileprivate func isOffered(by status: MigrationStatus) -> Bool {
            examples(status).contains { command in
                status.rules.refusal(of: MigrationOrder(command, despite: Set(Gate.allCases))) == nil
            }
        }

        /// Whether it goes through the gates.
        fileprivate var asksGates: Bool {
            switch self {
            case .ramp, .cut, .resume: true
            case .start, .stage, .hold, .goBack, .close: false
            }
        }
    }

    /// What somebody filled in, to be corrected rather than typed again.
    package struct Entered: Sendable {
        package var act: String?
        package var stage: String?
        package var share: String
        package var at: String
        package var returning: Return
        package var reason: String
        package var plan: String
        /// The gates that need not be green.
        package var despite: [String]

        package init(
            act: String? = nil,
            stage: String? = nil,
            share: String = "",
            at: String = "",
            returning: Return = Return(),
            reason: String = "",
            plan: String = "",
            despite: [String] = []
        ) {
            self.act = act
            self.stage = stage
            self.share = share
            self.at = at
            self.returning = returning
            self.reason = reason
            self.plan = plan
            self.despite = despite
        }
    }

    /// Which customers return to the old provider, and when, as somebody filled it in.
    package struct Return: Sendable {
        /// A ``MigrationEntry/ReturnTime``; nil if none was chosen.
        package var when: String?
        /// Separated by commas; empty for all.
        package var customers: String

        package init(when: String? = nil, customers: String = "") {
            self.when = when
            self.customers = customers
        }
    }

    /// The form of one kind of order.
    struct Order: Sendable {
        let act: String
        let label: String
        let isOpen: Bool
        let asksStage: Bool
        let asksShare: Bool
        let asksTime: Bool
        let asksReturn: Bool
        let asksGates: Bool
    }

    let forms: [Order]
    /// What the new provider can get.
    let deliveries: [Choice]
    let enteredShare: String
    let enteredTime: String
    let times: [Choice]
    let customers: String
    let enteredReason: String
    let plan: String
    let gates: [Choice]

    init(_ status: MigrationStatus, keeping entered: Entered) {
        let offered = Act.allCases.filter { $0.isOffered(by: status) }
        // What somebody began is open again, else what only waits for a decision.
        let open = entered.act.flatMap(Act.init(rawValue:)) ?? offered.first { $0 == .resume || $0 == .start }
        forms = offered.map { act in
            Order(
                act: act.rawValue,
                label: act.label,
                isOpen: act == open,
                asksStage: act == .start || act == .stage,
                asksShare: act == .ramp,
                asksTime: act == .cut,
                asksReturn: act == .goBack,
                asksGates: act.asksGates
            )
        }
        let stage = entered.stage ?? (status.delivery == .shadow ? "mirror" : nil)
        deliveries = MigrationEntry.Delivery.allCases.map { Choice($0.rawValue, isChosen: $0.rawValue == stage) }
        enteredShare = entered.share
        enteredTime = entered.at
        times = MigrationEntry.ReturnTime.allCases.map {
            Choice(
                $0.rawValue,
                label: $0 == .now ? "now" : "at their next boundaries",
                isChosen: $0.rawValue == entered.returning.when
            )
        }
        customers = entered.returning.customers
        enteredReason = entered.reason
        plan = entered.plan
        gates = Gate.allCases.map {
            let name = $0.rawValue
            return Choice(name, label: name.replacing("_", with: " "), isChosen: entered.despite.contains(name))
        }
    }
}
