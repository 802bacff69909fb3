import Events
package import Migration
import OfRecord

/// One migration: how far it is, what stands in its way, what was ordered, and a form for the next order.
package struct MovePage: PageContent {
    package static let template = "Move"
    package let title: String
    let name: String
    let from: String
    let fromHref: String
    let to: String
    let toHref: String
    let route: String
    let stages: [Stage]
    /// What must hold to leave the stage.
    let conditions: [Condition]
    let hasConditions: Bool
    /// How many of the conditions hold; nil if there are none.
    let conditionsText: String?
    let hold: Hold?
    /// The command that comes next.
    let next: String?
    let share: String?
    let cut: TimeText?
    /// When the last customer has moved by the cut.
    let lastMove: TimeText?
    let boundaries: MoveBoundaries
    /// Nil if it cannot be counted now.
    let days: MoveDays?
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
        /// Where its figure comes from; nil if no page shows it.
        let href: String?
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
    ///   - days: what each provider got per day; nil if it cannot be counted now.
    ///   - entered: what somebody filled in, to be corrected rather than typed again.
    ///   - fault: why it was refused.
    package init(
        _ status: MigrationStatus,
        days: MigrationDays? = nil,
        mayManage: Bool,
        keeping entered: MoveForm.Entered = MoveForm.Entered(),
        fault: String? = nil
    ) {
        let outline = status.outline
        title = "Migration \(outline.name)"
        name = outline.name.rawValue
        from = outline.from.rawValue
        fromHref = PageLink.provider(from)
        to = outline.to.rawValue
        toHref = PageLink.provider(to)
        route = outline.route.rawValue
        stages = MigrationStage.allCases.map { stage in
            Stage(
                label: stage.rawValue,
                isCurrent: stage == status.stage,
                isPast: stage.number < status.stage.number
            )
        }
        conditions = status.conditions(of: status.stage).map { Self.condition($0, outline) }
        hasConditions = !conditions.isEmpty
        let holding = conditions.count { $0.style == "ok" }
        conditionsText = conditions.isEmpty ? nil : "\(holding) of \(conditions.count)"
        hold = status.hold.map { Hold(actor: $0.actor, at: TimeText($0.entry.at), reason: $0.reason) }
        next = status.next
        // With a cut, all move.
        share =
            status.course.share > 0 && status.course.cut == nil
            ? "\(MigrationEntry.Action.text(of: status.course.share))%" : nil
        cut = status.course.cut.map { TimeText($0) }
        lastMove = status.lastMove.map { TimeText($0) }
        boundaries = MoveBoundaries(status)
        self.days = days.map { MoveDays($0) }
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
        form = MoveForm(status, keeping: entered)
        self.fault = fault
    }

    private static func condition(_ condition: StageCondition, _ outline: MigrationOutline) -> Condition {
        let style =
            switch condition.color {
            case .green: "ok"
            case .red: "bad"
            case .unknown: "unknown"
            }
        return Condition(
            name: condition.name.replacing("_", with: " "),
            href: href(of: condition.name, outline),
            style: style,
            state: condition.color.rawValue,
            text: condition.text
        )
    }

    /// The page that shows what a condition is about.
    private static func href(of condition: String, _ outline: MigrationOutline) -> String? {
        let provider = outline.to.rawValue
        func problems(_ status: DeliveryStatus) -> String {
            PageLink.address(Screen.problems.path, [("provider", provider), ("status", status.rawValue)])
        }
        switch condition {
        case "unexplained", "usage", "two_comparisons": return "\(Screen.migration.path)#comparisons"
        case "backfill", "dead_letters": return "\(Screen.migration.path)#backfills"
        case "rejected": return problems(.rejected)
        case "uncertain": return problems(.uncertain)
        case "backlog_age", "lost", "untranslatable": return PageLink.provider(provider)
        default: return nil
        }
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
