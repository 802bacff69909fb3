import Testing

@testable import JournalPostgres

@Suite struct AccountLoadingTests {
    struct Case: Sendable {
        let cursors: [Int16: Int64]
        let ends: [Int16: Int64]
        var beginnings: [Int16: Int64] = [:]
        let expected: Int64
    }

    @Test(arguments: [
        // A slot that was idle for long has come to its end, and holds nothing back.
        Case(cursors: [1: 100, 2: 9000], ends: [1: 100, 2: 9500], expected: 9000),
        Case(cursors: [1: 100, 2: 9000], ends: [1: 101, 2: 9500], expected: 100),
        // A slot without a cursor was never walked through, and has nothing before its oldest chunk.
        Case(cursors: [2: 9000], ends: [1: 50, 2: 9500], beginnings: [1: 40, 2: 10], expected: 39),
        Case(cursors: [2: 9000], ends: [1: 9600, 2: 9000], beginnings: [1: 9100, 2: 10], expected: 9099),
        Case(cursors: [2: 9000], ends: [1: 50, 2: 9500], expected: 9000),
        // Nothing is behind a cursor.
        Case(cursors: [1: 100], ends: [:], expected: .max),
        Case(cursors: [1: 100, 2: 9000], ends: [1: 100, 2: 9000], expected: .max),
        Case(cursors: [:], ends: [:], expected: .max),
    ])
    func `reads rows only from where a slot goes on`(example: Case) {
        let (cursors, ends, beginnings) = (example.cursors, example.ends, example.beginnings)
        #expect(AccountLoading.start(cursors: cursors, ends: ends, beginnings: beginnings) == example.expected)
    }
}
