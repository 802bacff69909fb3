package import Events
package import JSON
package import Journal
package import OfRecord

/// An entry of a migration's log with what people want to know of it: who ordered it, why, and on what it rested.
package struct MigrationRecord: Sendable, Equatable {
    package let migration: MigrationName
    package let entry: MigrationEntry
    /// What whoever ordered it gave as the reason; nil if nothing was given.
    package let reason: String?
    /// The gates that were not green, and were overridden by name.
    package let despite: [Gate]
    /// The id of the plan that it rested on; nil if there was none.
    package let plan: String?
    /// The client, or `gateway` for one that a gateway has ordered by itself.
    package let actor: String
    /// The id of the key that was presented; nil if there was none.
    package let keyID: String?

    package init(
        migration: MigrationName,
        entry: MigrationEntry,
        reason: String? = nil,
        despite: [Gate] = [],
        plan: String? = nil,
        actor: String,
        keyID: String? = nil
    ) {
        self.migration = migration
        self.entry = entry
        self.reason = reason
        self.despite = despite
        self.plan = plan
        self.actor = actor
        self.keyID = keyID
    }
}

/// An act in the journal that this version cannot read.
package struct UnreadableAct: Error, Equatable, CustomStringConvertible {
    package let migration: MigrationName
    package let number: Int
    package let action: String

    package init(migration: MigrationName, number: Int, action: String) {
        self.migration = migration
        self.number = number
        self.action = action
    }

    package var description: String {
        """
        entry \(number) of the migration \(migration) (\(action)) cannot be read by this version; run the version that wrote it, or \
        a newer one
        """
    }
}

// MARK: - As the journal keeps it

extension MigrationRecord {
    /// As the journal keeps it.
    package var act: MigrationAct {
        MigrationAct(
            migration: migration,
            number: entry.number,
            action: entry.action.name,
            detail: detail,
            plan: plan,
            actor: actor,
            keyID: keyID,
            at: entry.at
        )
    }

    private var detail: [UInt8] {
        var writer = JSONWriter(capacity: 64)
        writer.beginObject()
        entry.action.writeMembers(to: &writer)
        if let reason { writer.member("reason", string: reason) }
        if !despite.isEmpty { writer.member("despite", strings: despite.map(\.rawValue)) }
        writer.endObject()
        return writer.bytes
    }

    /// Reads what ``act`` wrote.
    /// - Throws: ``UnreadableAct`` if it is something else; an act that was skipped would put customers at another vendor.
    package init(_ act: MigrationAct) throws(UnreadableAct) {
        let fault = UnreadableAct(migration: act.migration, number: act.number, action: act.action)
        guard let detail = JSONDocument(ifValid: act.detail)?.root, detail.kind == .object,
            let action = MigrationEntry.Action(named: act.action, detail)
        else { throw fault }
        var gates: [Gate] = []
        if let list = detail["despite"], list.kind != .array { throw fault }
        for name in detail["despite"]?.elements.map(\.string) ?? [] {
            guard let gate = name.flatMap(Gate.init(rawValue:)) else { throw fault }
            gates.append(gate)
        }
        self.init(
            migration: act.migration,
            entry: MigrationEntry(number: act.number, at: act.at, action: action),
            reason: detail["reason"]?.string,
            despite: gates,
            plan: act.plan,
            actor: act.actor,
            keyID: act.keyID
        )
    }
}

extension MigrationEntry.Action {
    /// As the journal, the API and the audit log name it.
    package var name: String {
        switch self {
        case .stage: "stage"
        case .ramp: "ramp"
        case .cut: "cut"
        case .hold: "hold"
        case .resume: "resume"
        case .goBack: "return"
        case .close: "close"
        }
    }

    /// What it has beside its name, as members of an object.
    package func writeMembers(to writer: inout JSONWriter) {
        switch self {
        case .stage(let delivery): writer.member("stage", string: delivery.rawValue)
        case .ramp(let share):
            writer.key("share")
            writer.number(Self.text(of: share))
        case .cut(let time): writer.member("at", string: time.rfc3339)
        case .hold, .resume, .close: break
        case .goBack(let when, let customers):
            writer.member("when", string: when.rawValue)
            if let customers { writer.member("customer_ids", strings: customers.map(\.rawValue).sorted()) }
        }
    }

    /// A share in percent, without decimals if it has none.
    package static func text(of share: Double) -> String {
        Int(exactly: share).map { "\($0)" } ?? "\(share)"
    }

    /// Reads what ``writeMembers(to:)`` wrote.
    /// - Returns: nil if it is something else.
    init?(named name: String, _ detail: JSONValue) {
        switch name {
        case "stage":
            guard let delivery = detail["stage"]?.string.flatMap(MigrationEntry.Delivery.init) else { return nil }
            self = .stage(delivery)
        case "ramp":
            guard let share = detail["share"]?.numberText.flatMap(Double.init), (0...100).contains(share) else {
                return nil
            }
            self = .ramp(share: share)
        case "cut":
            guard let time = detail["at"]?.string.flatMap(Timestamp.init(rfc3339:)) else { return nil }
            self = .cut(at: time)
        case "hold": self = .hold
        case "resume": self = .resume
        case "return":
            guard let when = detail["when"]?.string.flatMap(MigrationEntry.ReturnTime.init) else { return nil }
            guard let list = detail["customer_ids"] else {
                self = .goBack(when: when, customers: nil)
                return
            }
            let names = list.elements.map(\.string)
            let customers = names.compactMap { $0.map { CustomerID($0) } }
            guard list.kind == .array, !customers.isEmpty, customers.count == names.count else { return nil }
            self = .goBack(when: when, customers: Set(customers))
        case "close": self = .close
        default: return nil
        }
    }
}
