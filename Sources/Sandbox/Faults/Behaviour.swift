/// How a simulated vendor behaves, in a few ways that have a name; ``Faults`` has all others.
package enum Behaviour: String, Sendable, CaseIterable {
    case works
    case unavailable
    case rejects
    case unauthorized
    case slow
    case silent
    case cuts

    /// For people.
    package var label: String {
        switch self {
        case .works: "works"
        case .unavailable: "unavailable: 503"
        case .rejects: "rejects events: 422"
        case .unauthorized: "refuses the key: 401"
        case .slow: "slow: 2 to 4 s"
        case .silent: "never responds"
        case .cuts: "applies events, then cuts the connection"
        }
    }

    var faults: Faults {
        var faults = Faults()
        switch self {
        case .works: break
        case .unavailable: faults.status = [503: 1]
        case .rejects: faults.status = [422: 1]
        case .unauthorized: faults.status = [401: 1]
        case .slow: faults.latency = 2000...4000
        case .silent: faults.hang = 1
        case .cuts: faults.resetAfter = 1
        }
        return faults
    }

    /// The name of faults; nil if they have none.
    init?(_ faults: Faults) {
        guard let behaviour = Self.allCases.first(where: { $0.faults == faults }) else { return nil }
        self = behaviour
    }
}
