import Dashboard
import Events
import Migration
import OfRecord

/// An order for a migration from the fields of a form.
struct MoveOrder: Sendable {
    private let command: MigrationOrder.Command
    private let plan: String?
    private let reason: String?
    private let despite: Set<Gate>

    /// The fields that an order consists of.
    private static let names = ["act", "stage", "share", "at", "when", "customers", "reason", "plan"]

    /// - Throws: ``Problem`` that names the field and how to fix it.
    init(_ form: FormFields) throws(Problem) {
        guard let act = form["act"].flatMap(MoveForm.Act.init(rawValue:)) else {
            let words = MoveForm.Act.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badParameter("act", "must be one of \(words)")
        }
        command = try Self.command(act, form)
        plan = form["plan"]
        reason = form["reason"]
        guard (reason ?? "").utf8.count <= MigrationOrder.reasonLimitBytes else {
            throw .badParameter("reason", "has at most \(MigrationOrder.reasonLimitBytes) bytes")
        }
        despite = Set(try ListParameters.choices("despite", form.all("despite"), as: Gate.self))
    }

    func order(isDryRun: Bool) -> MigrationOrder {
        MigrationOrder(command, plan: plan, reason: reason, despite: despite, isDryRun: isDryRun)
    }

    private static func command(_ act: MoveForm.Act, _ form: FormFields) throws(Problem) -> MigrationOrder.Command {
        switch act {
        case .start: .start(try delivery(form["stage"]))
        case .stage: .stage(try delivery(form["stage"]))
        case .ramp: .ramp(share: try share(form["share"]))
        case .cut: .cut(at: try ListParameters.timestamp("at", form["at"] ?? ""))
        case .hold: .hold
        case .resume: .resume
        case .goBack: .goBack(when: try when(form["when"]), customers: try customers(form["customers"]))
        case .close: .close
        }
    }

    private static func delivery(_ text: String?) throws(Problem) -> MigrationEntry.Delivery {
        guard let delivery = text.flatMap(MigrationEntry.Delivery.init(rawValue:)) else {
            throw .badParameter("stage", "must be shadow or mirror")
        }
        return delivery
    }

    private static func share(_ text: String?) throws(Problem) -> Double {
        guard let share = text.flatMap(Double.init), share > 0, share <= 100 else {
            throw .badParameter("share", "must be a number over 0 and up to 100: percent of the customers")
        }
        return share
    }

    private static func when(_ text: String?) throws(Problem) -> MigrationEntry.ReturnTime {
        guard let when = text.flatMap(MigrationEntry.ReturnTime.init(rawValue:)) else {
            throw .badParameter("when", "must be now or boundary")
        }
        return when
    }

    private static func customers(_ text: String?) throws(Problem) -> Set<CustomerID>? {
        guard let text else { return nil }
        let names = text.split(separator: ",").map { $0.trimmingPrefix(while: \.isWhitespace) }
        guard (1...MigrationOrder.mostCustomers).contains(names.count),
            names.allSatisfy({ (1...255).contains($0.utf8.count) })
        else {
            throw .badParameter(
                "customers",
                "must be 1 to \(MigrationOrder.mostCustomers) customers, separated by commas; leave it empty for all"
            )
        }
        return Set(names.map { CustomerID(String($0)) })
    }

    /// The same order as hidden fields, with the number that it gets in the log.
    static func carried(_ form: FormFields, as number: Int) -> [ProblemsFilter.Hidden] {
        let given = names.compactMap { name in form[name].map { ProblemsFilter.Hidden(name, $0) } }
        let gates = form.all("despite").map { ProblemsFilter.Hidden("despite", $0) }
        return given + gates + [ProblemsFilter.Hidden("number", "\(number)")]
    }

    /// What the page shows again.
    static func entered(_ form: FormFields) -> MoveForm.Entered {
        MoveForm.Entered(
            act: form["act"],
            stage: form["stage"],
            share: form["share"] ?? "",
            at: form["at"] ?? "",
            returning: MoveForm.Return(when: form["when"], customers: form["customers"] ?? ""),
            reason: form["reason"] ?? "",
            plan: form["plan"] ?? "",
            despite: form.all("despite")
        )
    }
}
