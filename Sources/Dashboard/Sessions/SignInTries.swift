/// Limits how often an address may try to sign in. Pure: it is told the time, and does no I/O.
package struct SignInTries: Sendable {
    /// Maximum number of tries of one address within ``window``, whether they succeed or not.
    package static let limit = 5
    /// The period in which tries are counted.
    package static let window = Duration.seconds(60)
    /// Addresses with a count of their own; all others share one.
    package static let addressLimit = 1000

    /// The times of the tries that still count, by address; the empty address stands for all that share a count.
    private var tries: [String: [ContinuousClock.Instant]] = [:]

    /// Starts without a try.
    package init() {}

    /// Counts a try.
    /// - Returns: nil if it is allowed; else how long to wait, and the try is not counted.
    package mutating func count(from address: String?, at now: ContinuousClock.Instant) -> Duration? {
        var address = address ?? ""
        if tries[address] == nil, tries.count >= Self.addressLimit {
            tries = tries.filter { $0.value.contains { now - $0 < Self.window } }
            if tries.count >= Self.addressLimit { address = "" }
        }
        var recent = tries[address, default: []].filter { now - $0 < Self.window }
        defer { tries[address] = recent }
        guard recent.count < Self.limit else { return Self.window - (now - recent[0]) }
        recent.append(now)
        return nil
    }
}
