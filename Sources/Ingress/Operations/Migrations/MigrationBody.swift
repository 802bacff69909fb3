import Events
import JSON
import Migration
import OfRecord

/// The body of an order for a migration: `{"action": "ramp", "share": 25}`.
struct MigrationBody: Sendable {
    /// What may be ordered, with the members that each order has beside those of all.
    private static let members: [(action: String, members: [String])] = [
        ("start", ["stage"]), ("stage", ["stage"]), ("ramp", ["share"]), ("cut", ["at"]), ("hold", []), ("resume", []),
        ("return", ["when", "customer_ids"]), ("close", []),
    ]
    /// The members that every order may have.
    private static let common = ["action", "plan", "reason", "despite", "dry_run"]

    let order: MigrationOrder

    /// - Throws: ``Problem`` that names the member and how to fix it.
    init(_ body: [UInt8]) throws(Problem) {
        let root: JSONValue
        do {
            root = try JSONDocument(parsing: body).root
        } catch {
            throw .badBody("the body is not JSON: \(error); send {\"action\": \"ramp\", \"share\": 25}")
        }
        let words = Self.members.map(\.action)
        guard root.kind == .object, let action = root["action"]?.string,
            let known = Self.members.first(where: { $0.action == action })
        else {
            let given = root.kind == .object ? root["action"]?.string : nil
            throw .badBody(
                "\"action\" must be one of \(words.joined(separator: ", "))"
                    + (given.map { Problem.suggestion(for: $0, among: words) } ?? "")
            )
        }
        for member in root.members where !(Self.common + known.members).contains(where: { member.hasName($0) }) {
            throw .badBody(
                "\"\(action)\" has no member \"\(Excerpt.of(member.name))\"; its members are "
                    + (Self.common + known.members).joined(separator: ", ")
            )
        }
        order = MigrationOrder(
            try Self.command(action, root),
            plan: try Self.text(root["plan"], "plan", limitBytes: 100),
            reason: try Self.text(root["reason"], "reason", limitBytes: MigrationOrder.reasonLimitBytes),
            despite: try Self.gates(root["despite"]),
            isDryRun: try Self.flag(root["dry_run"], "dry_run")
        )
    }

    /// The order with its members.
    private static func command(_ action: String, _ root: JSONValue) throws(Problem) -> MigrationOrder.Command {
        switch action {
        case "start": .start(try delivery(root["stage"], orElse: .shadow))
        case "stage": .stage(try delivery(root["stage"], orElse: nil))
        case "ramp": .ramp(share: try share(root["share"]))
        case "cut": .cut(at: try time(root["at"]))
        case "hold": .hold
        case "resume": .resume
        case "return": .goBack(when: try when(root["when"]), customers: try customers(root["customer_ids"]))
        case "close": .close
        default: preconditionFailure("the action is one of those that there are")
        }
    }

    /// What the new provider gets.
    /// - Parameter standard: for an order in which the member may be missing.
    private static func delivery(_ value: JSONValue?, orElse standard: MigrationEntry.Delivery?) throws(Problem)
        -> MigrationEntry.Delivery
    {
        if value == nil, let standard { return standard }
        guard let delivery = value?.string.flatMap(MigrationEntry.Delivery.init) else {
            throw .badBody("\"stage\" must be shadow or mirror")
        }
        return delivery
    }

    /// Percent of the customers; 0 would move nobody and is refused.
    private static func share(_ value: JSONValue?) throws(Problem) -> Double {
        guard let share = value?.numberText.flatMap(Double.init), share > 0, share <= 100 else {
            throw .badBody("\"share\" must be a number over 0 and up to 100: percent of the customers")
        }
        return share
    }

    /// The time from which customers are cut over, each at the next start of a period.
    private static func time(_ value: JSONValue?) throws(Problem) -> Timestamp {
        guard let time = value?.string.flatMap(Timestamp.init(rfc3339:)) else {
            throw .badBody("\"at\" must be a time such as \"2027-01-01T00:00:00Z\"")
        }
        return time
    }

    /// When customers return; at once by default.
    private static func when(_ value: JSONValue?) throws(Problem) -> MigrationEntry.ReturnTime {
        guard let value else { return .now }
        guard let when = value.string.flatMap(MigrationEntry.ReturnTime.init) else {
            throw .badBody("\"when\" must be now or boundary")
        }
        return when
    }

    /// Who returns; nil for all.
    private static func customers(_ value: JSONValue?) throws(Problem) -> Set<CustomerID>? {
        guard let value else { return nil }
        let names = value.elements.map { $0.string ?? "" }
        guard value.kind == .array, (1...MigrationOrder.mostCustomers).contains(names.count),
            names.allSatisfy({ (1...255).contains($0.utf8.count) })
        else {
            throw .badBody(
                "\"customer_ids\" must be a list of 1 to \(MigrationOrder.mostCustomers) customers; leave it out for all"
            )
        }
        return Set(names.map { CustomerID($0) })
    }

    /// Nil if the member is missing or null.
    private static func text(_ value: JSONValue?, _ name: String, limitBytes: Int) throws(Problem) -> String? {
        guard let value, value.kind != .null else { return nil }
        guard let text = value.string, (1...limitBytes).contains(text.utf8.count) else {
            throw .badBody("\"\(name)\" must be a text of 1 to \(limitBytes) bytes")
        }
        return text
    }

    /// The gates that need not be green for this order; none by default.
    private static func gates(_ value: JSONValue?) throws(Problem) -> Set<Gate> {
        guard let value else { return [] }
        var gates: Set<Gate> = []
        let names = value.elements.map { $0.string ?? "" }
        for name in names {
            guard let gate = Gate(rawValue: name) else { throw badGates }
            gates.insert(gate)
        }
        guard value.kind == .array else { throw badGates }
        return gates
    }

    private static var badGates: Problem {
        let names = Gate.allCases.map(\.rawValue).joined(separator: ", ")
        return .badBody("\"despite\" must be a list of gates: \(names)")
    }

    /// False if the member is missing; a text such as `"true"` is refused.
    private static func flag(_ value: JSONValue?, _ name: String) throws(Problem) -> Bool {
        guard let value else { return false }
        guard let flag = value.bool else { throw .badBody("\"\(name)\" must be true or false") }
        return flag
    }
}
