/// What people are told about.
package enum NotificationKind: String, Sendable, CaseIterable, Comparable {
    /// A provider refuses its credential or its account.
    case parked
    /// The circuit of a provider is open for long.
    case circuitOpen = "circuit_open"
    /// A provider rejected events.
    case deadLetters = "dead_letters"
    /// It is unknown whether a provider has some events.
    case uncertain
    /// Events wait for long.
    case backlog
    /// A vendor forgets IDs before what waits is delivered.
    case memory
    /// A vendor lost events that it had accepted.
    case lost
    /// A vendor does not show the gateway's test events in time.
    case canary
    /// The disk is full, or will be soon.
    case disk
    /// A client's last key expires soon.
    case keyExpiry = "key_expiry"

    /// The order in which a message has them: that of the declaration.
    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .parked: 0
        case .circuitOpen: 1
        case .deadLetters: 2
        case .uncertain: 3
        case .backlog: 4
        case .memory: 5
        case .lost: 6
        case .canary: 7
        case .disk: 8
        case .keyExpiry: 9
        }
    }
}
