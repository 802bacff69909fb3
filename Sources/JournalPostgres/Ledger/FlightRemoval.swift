/// Removes what is no longer needed of an account's `flights`, some rows at a time, and continues where it stopped: what is removed is not
/// looked at again.
struct FlightRemoval: Sendable {
    private struct RowNumber: Sendable {
        var epoch: Int64 = 0
        var number: Int64 = 0

        var parameters: [Parameter] { [.int8(epoch), .int8(number)] }
    }

    /// In a step, more rows than are written from one step to the next, one after another.
    private static let (rowsPerStatement, statementsPerStep) = (2000, 15)
    /// How long a row stays after the next has taken its place. A statement that was sent twice is known by it, and the first of the two may
    /// be carried out late.
    private static let delay = Duration.seconds(60)

    private var start = RowNumber()
    /// The newest row, as of some time ago; nil before the first check.
    private var end: RowNumber?
    private var look: ContinuousClock.Instant?

    /// Removes the next rows, if there are any.
    mutating func step(of account: Int32, at now: ContinuousClock.Instant, _ session: PostgresSession)
        throws(PostgresFailure)
    {
        if let look, now - look < Self.delay { return }
        guard try removeAll(of: account, session) else { return }
        let newest = try session.run(.readNewestFlight, [.int4(account)]).first
        end = newest.map { RowNumber(epoch: $0.integer(0), number: $0.integer(1)) }
        look = now
    }

    /// - Returns: whether no row is left before the end.
    private mutating func removeAll(of account: Int32, _ session: PostgresSession) throws(PostgresFailure) -> Bool {
        guard let end else { return true }
        for _ in 0..<Self.statementsPerStep {
            let limits = start.parameters + end.parameters + [.int8(Int64(Self.rowsPerStatement))]
            let removed = try session.run(.removeOldFlights, [.int4(account)] + limits)
            if let last = removed.last { start = RowNumber(epoch: last.integer(0), number: last.integer(1)) }
            if removed.count < Self.rowsPerStatement { return true }
        }
        return false
    }
}
