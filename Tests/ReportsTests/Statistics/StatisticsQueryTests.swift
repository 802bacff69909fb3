import Testing

@testable import Reports

@Suite struct StatisticsQueryTests {
    @Test(arguments: [
        (Duration.milliseconds(1), StatisticsStep.second, 1), (.seconds(1), .second, 1), (.seconds(300), .second, 300),
        (.milliseconds(300_001), .tenSeconds, 31), (.seconds(3600), .tenSeconds, 360),
        (.seconds(7200), .tenSeconds, 720),
        (.seconds(7201), .minute, 121), (.seconds(172_800), .minute, 2880),
    ])
    func `picks the shortest step that reaches back so far`(window: Duration, step: StatisticsStep, count: Int) {
        #expect(StatisticsQuery(window: window) == StatisticsQuery(step, count: count))
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .seconds(172_801), .seconds(Int64.max), .seconds(Int64.min)])
    func `refuses a window that is not positive or too long`(window: Duration) {
        #expect(StatisticsQuery(window: window) == nil)
        for step in StatisticsStep.allCases { #expect(StatisticsQuery(window: window, step) == nil) }
    }

    @Test func `refuses a window that its step does not reach`() {
        #expect(StatisticsQuery(window: .seconds(301), .second) == nil)
        #expect(StatisticsQuery(window: .seconds(300), .minute)?.count == 5)
    }

    @Test(arguments: [(Int.min, 1), (0, 1), (7, 7), (Int.max, 720)])
    func `limits the count to what is kept`(given: Int, count: Int) {
        #expect(StatisticsQuery(.tenSeconds, count: given).count == count)
    }
}
