/// What to do with a part of a window after its events were counted.
package enum DigestStep: Sendable, Equatable {
    /// The counts agree.
    case equal
    /// All of it is listed.
    case list
    /// It is cut in four, and each is counted.
    case split

    /// - Parameters:
    ///   - delivered: events that the vendor has confirmed.
    ///   - possible: events that it may have: waiting, rejected, or of unknown outcome.
    ///   - counted: what the vendor says it has.
    package static func next(delivered: Int, possible: Int, counted: Int, pageSize: Int) -> DigestStep {
        if possible == 0, counted == delivered { return .equal }
        let most = max(delivered + possible, counted)
        // One page costs no more than a count. Several differences lie anywhere, so that smaller counts would find nothing equal.
        let difference = counted < delivered ? delivered - counted : max(0, counted - delivered - possible)
        if most <= pageSize || difference >= 3 || possible > 0 { return .list }
        return .split
    }

    /// The pages of a part that is counted first: so many that a lone difference is found in fewer calls than listing them takes.
    package static let firstPages = 33
}
