import Events
import JournalSQLite
import Testing

@Suite struct DiskForecastTests {
    /// 2025-06-15 at noon.
    private let today = 20_254
    private var now: Timestamp { Timestamp(milliseconds: Int64(today) * 86_400_000 + 43_200_000) }

    private func forecast(
        _ days: [(Int, Int64)],
        used: Int,
        room: Int,
        retention: Int = 35
    ) -> DiskForecast {
        DiskForecast(
            days: days.map { DayOfEvents(day: today - $0.0, events: $0.1) },
            usedBytes: used,
            roomBytes: room,
            retentionDays: retention,
            now: now
        )
    }

    @Test func `says when the disk is full at the rate of the last days`() {
        // A thousand events of 100 bytes a day, and room for two and a half days.
        let forecast = forecast([(3, 1000), (2, 1000), (1, 1000)], used: 300_000, room: 250_000)
        #expect(forecast.bytesPerDay == 100_000)
        #expect(forecast.outcome == .full(now + .seconds(216_000)))
    }

    @Test func `takes the rate from the last seven whole days, those without events included`() {
        #expect(
            forecast([(30, 9_999_999), (7, 700), (1, 700), (0, 5)], used: 10_001_404, room: 1 << 40).bytesPerDay == 200
        )
    }

    @Test func `knows that retention makes room`() {
        let days = (1...35).map { ($0, Int64(1000)) }
        #expect(forecast(days, used: 3_500_000, room: 50_000).outcome == .lasts)
        #expect(forecast(days, used: 3_500_000, room: 50_000, retention: 90).outcome == .full(now + .seconds(43_200)))
    }

    @Test func `says that a disk without room is full now`() {
        #expect(forecast([(1, 1000)], used: 100_000, room: 0).outcome == .full(now))
    }

    @Test func `says nothing of a journal that has less than a day`() {
        #expect(forecast([(0, 1000)], used: 100_000, room: 1000).outcome == .unknown)
        #expect(forecast([], used: 100_000, room: 1000).outcome == .unknown)
    }
}
