import Events
import Journal

/// Makes the tables of a day before the day comes.
///
/// They are attached, not created in place: that would stop all appends for as long as any reader's transaction is open.
struct DayPartitions: Sendable {
    /// The tables that have a partition a day, of numbers.
    static let tables = ["chunks", "delivered"]
    /// How many days are prepared after today.
    private static let ahead = 2
    /// How far numbers may be ahead of the clock: as far as one is wrong for a moment, or more is appended than there are numbers for.
    static let mostAhead = Duration.seconds(30 * 86_400)
    private static let millisecondsOfDay: Int64 = 86_400_000

    /// Waits for locks briefly, since every append waits behind it.
    let connection: PostgresConnection

    /// A day of UTC, as the numbers have it.
    struct Day: Hashable, Sendable {
        let start: Timestamp

        init(holding time: Timestamp) {
            let day = time.milliseconds / DayPartitions.millisecondsOfDay
            start = Timestamp(milliseconds: day * DayPartitions.millisecondsOfDay)
        }

        /// - Parameter table: the name of a partition; nil if it is not that of a day.
        init?(table: String) {
            let digits = table.suffix(8)
            guard table.hasSuffix("_" + digits), digits.count == 8, digits.allSatisfy(\.isWholeNumber),
                let date = Timestamp(
                    rfc3339: "\(digits.prefix(4))-\(digits.dropFirst(4).prefix(2))-\(digits.suffix(2))T00:00:00Z"
                )
            else { return nil }
            self.init(holding: date)
        }

        var next: Day { Day(holding: start + .milliseconds(DayPartitions.millisecondsOfDay)) }
        var first: Int64 { SlotNumbers.lowest(at: start) }
        /// The first number of the next day.
        var end: Int64 { SlotNumbers.lowest(at: next.start) }

        /// `20261129`.
        var name: String { start.rfc3339.prefix(10).filter { $0 != "-" } }
    }

    /// Makes what is missing for the day of this time and the days after it.
    /// - Parameter end: when the highest numbers seem to have been given; the days after it are prepared, too.
    func prepare(at now: Timestamp, through end: Timestamp? = nil) async throws(PostgresFailure) {
        let last = min(max(now, end ?? now), now + Self.mostAhead)
        for table in Self.tables {
            let known = try await connection.run(.readPartitions, [.text(table)]).map { $0.text(0) }
            var (day, left) = (Day(holding: now), Self.ahead)
            while left >= 0 {
                let name = "\(table)_\(day.name)"
                if !known.contains(name) { try await make(name, of: table, day) }
                day = day.next
                if day.start > last { left -= 1 }
            }
        }
    }

    private func make(_ name: String, of table: String, _ day: Day) async throws(PostgresFailure) {
        var tries = 0
        while true {
            do throws(PostgresFailure) {
                try await connection.run(.createPartition(name, of: table, from: day.first, to: day.end))
                try await connection.run(.attachPartition(name, to: table, from: day.first, to: day.end))
                return
            } catch {
                let partitions = try await connection.run(.readPartitions, [.text(table)])
                // Another node was first.
                if partitions.contains(where: { $0.text(0) == name }) { return }
                tries += 1
                guard tries < 10 else { throw error }
                try? await Task.sleep(for: .milliseconds(50 * tries))
            }
        }
    }
}
