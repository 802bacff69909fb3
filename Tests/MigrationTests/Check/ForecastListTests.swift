import Testing

@testable import Migration

/// Lists of names and customers, for people and for programs.
@Suite struct ForecastListTests {
    @Test(
        arguments: [
            (0, "0"), (1, "1 (n0)"), (5, "5 (n0, n1, n2, n3, n4)"), (6, "6 (n0, n1, n2, n3, n4, …)"),
            (1_000, "1000 (n0, n1, n2, n3, n4, …)"),
        ]
    )
    func `name the first five, and say that there are more`(count: Int, text: String) {
        #expect(MigrationForecast.Listed((0..<count).map { "n\($0)" }).text == text)
    }

    @Test(arguments: [(0, 0), (100, 100), (101, 100), (5000, 100)])
    func `list a hundred, and count all`(count: Int, listed: Int) {
        let list = MigrationForecast.Listed((0..<count).map { "n\($0)" })
        #expect(list.count == count && list.first.count == listed)
        #expect(list.first.first == (count > 0 ? "n0" : nil))
    }
}
