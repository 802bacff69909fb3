package import Events
import Journal
package import OfRecord
import Parity

/// A migration as it stands: its stage, what must hold to leave it, and what to do next. A pure function of the configuration, the log and
/// what is known.
package struct MigrationStatus: Sendable {
    package let outline: MigrationOutline
    /// What was ordered, in order.
    package let records: [MigrationRecord]
    package let course: MigrationCourse
    package let stage: MigrationStage
    package let gates: [GateStatus]
    /// When the last customer has moved for good; nil without a cut, or if the log as it is leaves somebody with the old provider.
    package let lastMove: Timestamp?
    private let facts: MigrationFacts

    /// When it stood so.
    package var now: Timestamp { facts.now }

    /// Derives stage, gates and the last move from the log and the facts; none of it is stored.
    package init(_ outline: MigrationOutline, _ records: [MigrationRecord], _ facts: MigrationFacts) {
        self.outline = outline
        self.records = records
        self.facts = facts
        let log = MigrationLog(records.map(\.entry))
        let course = MigrationCourse(log)
        self.course = course
        lastMove = course.cut == nil ? nil : RecordKeeping(boundaries: outline.boundaries, log: log).lastMove()
        let readings = facts.readings(of: outline)
        gates = outline.gates.settings.statuses(by: readings, at: facts.now).filter { outline.gates.measures($0.gate) }
        stage = Self.stage(course, outline, facts, lastMove)
    }

    private static func stage(
        _ course: MigrationCourse,
        _ outline: MigrationOutline,
        _ facts: MigrationFacts,
        _ lastMove: Timestamp?
    ) -> MigrationStage {
        if course.close != nil { return .closed }
        switch course.delivery ?? outline.delivery {
        case nil: return .check
        case .shadow: return .shadow
        case .mirror: break
        }
        if course.cut != nil { return lastMove.map { facts.now >= $0 } ?? false ? .drain : .cut }
        if course.share > 0 { return .ramp }
        if facts.backfills.contains(where: \.state.isActive) { return .backfill }
        return facts.backfills.contains { $0.state == .done } ? .parity : .mirror
    }

    /// What the new provider gets, by the log or else by the file; nil if nothing.
    package var delivery: MigrationEntry.Delivery? { course.delivery ?? outline.delivery }

    /// When the old provider's last invoice is final; nil if customers are still with it.
    package var drainedAt: Timestamp? {
        guard stage == .drain, let lastMove else { return nil }
        return lastMove + outline.keepFor
    }

    /// What may be ordered now.
    package var rules: MigrationRules {
        MigrationRules(
            log: MigrationLog(records.map(\.entry)),
            delivery: delivery,
            gates: gates,
            drainedAt: drainedAt,
            at: facts.now
        )
    }

    /// The gates that the newest order to go on has overridden.
    package var overridden: Set<Gate> {
        let newest = records.last { record in
            switch record.entry.action {
            case .ramp, .cut, .resume: true
            case .stage, .hold, .goBack, .close: false
            }
        }
        return Set(newest?.despite ?? [])
    }

    /// The record of the order that holds the migration; nil if it is not held.
    package var hold: MigrationRecord? {
        course.hold.flatMap { hold in records.first { $0.entry.number == hold.number } }
    }

    // MARK: - Conditions

    /// What must hold to leave a stage.
    package func conditions(of stage: MigrationStage) -> [StageCondition] {
        switch stage {
        case .check: facts.checked?.conditions ?? [StageCondition("plan", .unknown, "not checked by a plan yet")]
        case .shadow: [untranslatable]
        case .mirror:
            [StageCondition("billing", .unknown, "make sure that \(outline.to) charges none of these customers yet")]
        case .backfill: [backfill, refusedByBackfill]
        case .parity: [twoRuns] + gates.map(StageCondition.init)
        case .ramp: gates.map(StageCondition.init)
        case .cut: [moves]
        case .drain: [finalInvoice]
        case .closed: []
        }
    }

    private var untranslatable: StageCondition {
        func count(_ shadowClass: ShadowClass) -> (events: Int, last: Timestamp?) {
            let counts = facts.shadow.filter { $0.shadowClass == shadowClass }
            return (counts.reduce(0) { $0 + $1.events }, counts.map(\.last).max())
        }
        let (bad, good) = (count(.untranslatable), count(.translated))
        if let last = bad.last, facts.now - last < Self.shadowWindow {
            return StageCondition(
                "untranslatable",
                .red,
                "\(bad.events), the last at \(last.rfc3339); needed: none in 24 h"
            )
        }
        guard good.events > 0 else {
            return StageCondition("untranslatable", .unknown, "no event was translated yet; needed: none in 24 h")
        }
        return StageCondition("untranslatable", .green, "none in 24 h; \(good.events) translated")
    }

    private static let shadowWindow = Duration.seconds(86_400)

    private var backfill: StageCondition {
        let active = facts.backfills.filter(\.state.isActive)
        if !active.isEmpty {
            let numbers = active.map { "\($0.number) (\($0.state.rawValue))" }.joined(separator: ", ")
            return StageCondition("backfill", .red, "not finished: \(numbers)")
        }
        let done = facts.backfills.filter { $0.state == .done }
        guard !done.isEmpty else { return StageCondition("backfill", .unknown, "none was started") }
        let events = done.reduce(0) { $0 + $1.counts.events }
        return StageCondition("backfill", .green, "\(done.count) finished, \(events) events")
    }

    private var refusedByBackfill: StageCondition {
        func count(_ status: DeliveryStatus) -> Int {
            facts.backfills.reduce(0) { $0 + $1.counts.statuses[status, default: 0] }
        }
        guard !facts.backfills.isEmpty else {
            return StageCondition("dead_letters", .unknown, "nothing was backfilled")
        }
        let (rejected, uncertain) = (count(.rejected), count(.uncertain))
        let isClean = rejected + uncertain == 0
        return StageCondition(
            "dead_letters",
            isClean ? .green : .red,
            "\(rejected) rejected, \(uncertain) uncertain; needed: none"
        )
    }

    /// How the comparisons of those accounts stand that are furthest from two that prove something.
    private var twoRuns: StageCondition {
        let all = outline.accounts.map { accounts -> StageCondition in
            let condition = twoRuns(of: accounts)
            guard outline.accounts.count > 1, condition.color != .green else { return condition }
            let text = "\(accounts.from), \(accounts.to): \(condition.text)"
            return StageCondition(condition.name, condition.color, text)
        }
        let worst = all.first { $0.color == .red } ?? all.first { $0.color == .unknown } ?? all.first
        return worst ?? StageCondition("two_comparisons", .unknown, "there are no accounts")
    }

    /// Whether comparisons a day apart have found nothing, and none in between has. One that is not complete proves nothing, but what it
    /// has found counts; one that rests on few events proves nothing either.
    private func twoRuns(of accounts: AccountPair) -> StageCondition {
        let name = "two_comparisons"
        let runs = facts.eventComparisons.filter(accounts.isCompared)
        guard let newest = runs.firstIndex(where: \.isComplete) else {
            return StageCondition(name, .unknown, "no complete comparison; needed: two, a day apart")
        }
        if let differing = runs[...newest].first(where: { $0.unexplained > 0 }) {
            return StageCondition(
                name,
                .red,
                "differences in comparison \(differing.id): \(differing.unexplained); needed: none in two, a day apart"
            )
        }
        // A single tenant may have little traffic.
        let least = outline.accounts.count > 1 ? 1 : max(1, outline.gates.settings.leastEvents)
        let clean = runs.prefix { $0.unexplained == 0 }.filter(\.isComplete)
        let proving = clean.filter { UInt64(clamping: $0.compared(at: accounts)) >= least }
        guard let last = proving.first, let first = proving.last else {
            return StageCondition(name, .unknown, "compared fewer events than \(least); needed: two, a day apart")
        }
        let apart = last.requestedAt - first.requestedAt
        let hours = apart.components.seconds / 3600
        return StageCondition(
            name,
            apart >= Self.shadowWindow ? .green : .red,
            "\(proving.count) without differences, \(hours) h from the first to the last; needed: 24 h"
        )
    }

    private var moves: StageCondition {
        guard let lastMove else { return StageCondition("moves", .unknown, whyNotAllMove) }
        return StageCondition(
            "moves",
            facts.now >= lastMove ? .green : .red,
            "the last customer moves at \(lastMove.rfc3339)"
        )
    }

    private var whyNotAllMove: String {
        if course.cut == nil { return "no cut was ordered" }
        if course.hold != nil { return "nobody moves while the migration is held" }
        return course.leavesOut
            ? "customers that returned stay with \(outline.from); order the cut again to move them"
            : "some customer has no boundary after the cut"
    }

    private var finalInvoice: StageCondition {
        guard let drainedAt else {
            return StageCondition("final_invoice", .unknown, "customers are still with \(outline.from)")
        }
        return StageCondition(
            "final_invoice",
            facts.now >= drainedAt ? .green : .red,
            "the last invoice of \(outline.from) is final at \(drainedAt.rfc3339)"
        )
    }

    // MARK: - Next

    /// The command that comes next; nil if there is none.
    package var next: String? {
        let migrate = "tollgate migrate"
        if course.hold != nil, stage != .closed { return "\(migrate) resume \(outline.name)" }
        switch stage {
        case .check:
            guard let checked = facts.checked, !checked.conditions.contains(where: { $0.color == .red }) else {
                return "\(migrate) check \(outline.name)"
            }
            return "\(migrate) start \(outline.name) --stage shadow"
        case .shadow: return "\(migrate) stage \(outline.name) mirror"
        case .mirror: return "tollgate backfill start \(outline.name) --since period"
        case .backfill: return "tollgate backfill list"
        case .parity:
            guard conditions(of: .parity).allSatisfy({ $0.color == .green }) else {
                return "tollgate parity watch --providers \(outline.comparedAccounts.joined(separator: ","))"
            }
            return "\(migrate) ramp \(outline.name) --share 5"
        case .ramp:
            let next = [5.0, 25, 100].first { $0 > course.share }
            return next.map { "\(migrate) ramp \(outline.name) --share \(MigrationEntry.Action.text(of: $0))" }
                ?? "\(migrate) cut \(outline.name) --at TIME"
        case .cut: return course.leavesOut ? "\(migrate) cut \(outline.name) --at TIME" : nil
        case .drain: return "\(migrate) close \(outline.name)"
        case .closed: return nil
        }
    }

    /// What stands in the way of the next stage, for people.
    package var obstacles: [String] {
        var obstacles: [String] = []
        if let hold {
            let reason = hold.reason.map { ": \($0)" } ?? ""
            obstacles.append("held by \(hold.actor) since \(hold.entry.at.rfc3339)\(reason)")
        }
        for condition in conditions(of: stage) where condition.color != .green {
            obstacles.append("\(condition.name) is \(condition.color.rawValue): \(condition.text)")
        }
        return obstacles
    }
}
