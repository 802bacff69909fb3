import Events
package import Migration
import OfRecord

/// One migration: how far it is, what stands in its way, what was ordered, and a form for the next order.
package struct MovePage: PageContent {
    package static let template = "Move"
    package let title: String
    let name: String
    let from: String
    let to: String
    let route: String
    let stages: [Stage]
    /// What must hold to leave the stage.
    let conditions: [Condition]
    let hasConditions: Bool
    let hold: Hold?
    /// The command that comes next.
    let next: String?
    let share: String?
    let cut: TimeText?
    let orders: [Order]
    let hasOrders: Bool
    /// Whether the visitor may order something, and something may be ordered.
    let mayOrder: Bool
    let form: MoveForm
    /// Why an order was refused.
    let fault: String?

    /// One step of the way.
    struct Stage: Sendable {
        let label: String
        let isCurrent: Bool
        let isPast: Bool
    }

    /// What must hold.
    struct Condition: Sendable {
        let name: String
        let style: String
        let state: String
        let text: String
    }

    /// Since when nobody moves.
    struct Hold: Sendable {
        let actor: String
        let at: TimeText
        let reason: String?
    }

    /// What was ordered.
    struct Order: Sendable {
        let number: String
        let text: String
        let actor: String
        let at: TimeText
        let reason: String?
    }

    /// - Parameters:
    ///   - entered: what somebody filled in, to be corrected rather than typed again.
    ///   - fault: why it was refused.
    package init(
        _ status: MigrationStatus,
        mayManage: Bool,
        keeping entered: MoveForm = MoveForm(),
        fault: String? = nil
    ) {
        let outline = status.outline
        title = "Migration \(outline.name)"
        name = outline.name.rawValue
        from = outline.from.rawValue
        to = outline.to.rawValue
        route = outline.route.rawValue
        stages = MigrationStage.allCases.map { stage in
            Stage(
                label: stage.rawValue,
                isCurrent: stage == status.stage,
                isPast: stage.number < status.stage.number
            )
        }
        conditions = status.conditions(of: status.stage).map(Self.condition)
        hasConditions = !conditions.isEmpty
        hold = status.hold.map { Hold(actor: $0.actor, at: TimeText($0.entry.at), reason: $0.reason) }
        next = status.next
        share = status.course.share > 0 ? "\(MigrationEntry.Action.text(of: status.course.share))%" : nil
        cut = status.course.cut.map { TimeText($0) }
        orders = status.records.reversed().map { record in
            Order(
                number: "\(record.entry.number)",
                text: MoveText.text(of: record.entry.action),
                actor: record.actor,
                at: TimeText(record.entry.at),
                reason: record.reason
            )
        }
        hasOrders = !orders.isEmpty
        mayOrder = mayManage && status.stage != .closed
        form = entered
        self.fault = fault
    }

    private static func condition(_ condition: StageCondition) -> Condition {
        let style =
            switch condition.color {
            case .green: "ok"
            case .red: "bad"
            case .unknown: "unknown"
            }
        return Condition(name: condition.name, style: style, state: condition.color.rawValue, text: condition.text)
    }
}

/// Orders for migrations as a person reads them.
enum MoveText {
    static func text(of action: MigrationEntry.Action) -> String {
        switch action {
        case .stage(let delivery): "stage \(delivery.rawValue)"
        case .ramp(let share): "ramp to \(MigrationEntry.Action.text(of: share))% of the customers"
        case .cut(let time): "cut: all customers, at their first boundaries from \(time.rfc3339)"
        case .hold: "hold: nobody moves"
        case .resume: "resume"
        case .goBack(let when, let customers):
            "return of \(customers.map { "\($0.count) customers" } ?? "all customers") "
                + (when == .now ? "at once" : "at their next boundaries")
        case .close: "close"
        }
    }
}
