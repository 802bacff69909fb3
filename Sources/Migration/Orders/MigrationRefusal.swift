package import Events
package import Journal
package import OfRecord

/// Why an order for a migration is not carried out, or a migration not shown.
package enum MigrationRefusal: Error, Sendable, Equatable {
    /// `routes.json` has no such migration, or the client is not allowed to see it.
    case unknown(MigrationName)
    case closed(at: Timestamp)
    case alreadyStarted
    case notStarted
    /// It would change nothing; the text says why.
    case unchanged(String)
    /// The new provider does not get all events.
    case notMirrored
    /// The new provider is of record for customers, and so must get their events.
    case customersMoved
    case held(since: Timestamp)
    case notHeld
    /// These gates are not green, and the order does not name them.
    case gates([GateStatus])
    /// No customer has ever moved.
    case nothingToReturn
    /// Customers are still with the old provider.
    case notCut
    /// The old provider's last invoice might not be final before this time.
    case notDrained(until: Timestamp)
    /// The log has so many entries.
    case full(limit: Int)
    case unknownPlan(String)
    case unfinishedPlan(String)
    case stalePlan(String, PlanStanding)
    /// Another order came first.
    case overtaken
    /// Another gateway ordered something that this version cannot read.
    case unreadable(UnreadableAct)
    /// A plan's file could not be read.
    case planFile(reason: String)
    case store(StoreError)
}

extension MigrationRefusal {
    /// For people; nil if the store has a message of its own.
    package var message: String? {
        switch self {
        case .unknown(let name): "routes.json has no migration \"\(name)\""
        case .closed(let time): "the migration was closed at \(time.rfc3339)"
        case .alreadyStarted: "the migration was started before; use stage to change what the new provider gets"
        case .notStarted: "the migration was not started; start it first"
        case .unchanged(let reason): reason
        case .notMirrored: "the new provider does not get all events; set the stage mirror first"
        case .customersMoved: "customers move to the new provider, which must get their events; return them first"
        case .held(let time): "the migration is held since \(time.rfc3339); resume it first"
        case .notHeld: "the migration is not held"
        case .gates(let statuses): Self.text(of: statuses)
        case .nothingToReturn: "no customer has moved to the new provider"
        case .notCut: "customers are still with the old provider, or return to it; cut first"
        case .notDrained(let time):
            "the old provider's last invoice is final at \(time.rfc3339); close the migration then"
        case .full(let limit): "the migration's log has \(limit) entries, which is the limit; use another migration"
        case .unknownPlan(let id): "there is no plan \"\(id)\"; plans are kept for 7 days"
        case .unfinishedPlan(let id): "the plan \(id) has no result yet, or has failed; see `tollgate plan show`"
        case .stalePlan(let id, let standing): "\(Self.text(of: standing)) since the plan \(id) was made; plan again"
        case .overtaken: "another order came first; look at the migration and order again"
        case .unreadable(let act): act.description
        case .planFile(let reason): "the plan cannot be read: \(reason)"
        case .store: nil
        }
    }

    private static func text(of statuses: [GateStatus]) -> String {
        let gates = statuses.map { status in "\(status.gate.rawValue) is \(status.text)" }
        let names = statuses.map(\.gate.rawValue).joined(separator: ",")
        return "\(gates.joined(separator: "; ")); override with despite (\(names))"
    }

    private static func text(of standing: PlanStanding) -> String {
        switch standing {
        case .current: "nothing has changed"
        case .routesChanged: "routes.json has changed"
        case .logChanged: "something was ordered in a migration"
        }
    }
}

extension GateStatus {
    /// `red: 3, at most 0`, or why it is unknown.
    package var text: String {
        let measured = figure.map { "\($0), at most \(limit)" } ?? "at most \(limit)"
        return switch color {
        case .green: "green: \(measured)"
        case .red: "red: \(measured)"
        case .unknown(let reason): "unknown: \(reason.text)"
        }
    }
}

extension GateStatus.Reason {
    /// For people.
    package var text: String {
        switch self {
        case .notMeasured: "not measured yet"
        case .tooOld(let time): "last measured for \(time.rfc3339), which is too long ago"
        case .tooFewEvents(let events): "measured on \(events) events, which is too few"
        }
    }
}
