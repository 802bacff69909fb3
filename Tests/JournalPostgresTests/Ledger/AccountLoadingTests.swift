import Testing

@testable import JournalPostgres

@Suite struct AccountLoadingTests {
    struct Case: Sendable {
        let cursors: [Int16: Int64]
        let ends: [Int16: Int64]
        let expected: Int64
    }

    @Test(arguments: [
        // A slot that was idle for long has come to its end, and holds nothing back.
        Case(cursors: [1: 100, 2: 9000], ends: [1: 100, 2: 9500], expected: 9000),
        Case(cursors: [1: 100, 2: 9000], ends: [1: 101, 2: 9500], expected: 100),
        // A slot without a cursor was never walked through.
        Case(cursors: [2: 9000], ends: [1: 50, 2: 9500], expected: 0),
        // Nothing is behind a cursor.
        Case(cursors: [1: 100], ends: [:], expected: .max),
        Case(cursors: [1: 100, 2: 9000], ends: [1: 100, 2: 9000], expected: .max),
        Case(cursors: [:], ends: [:], expected: .max),
    ])
    func `reads rows only from where a slot goes on`(example: Case) {
        #expect(AccountLoading.start(cursors: example.cursors, ends: example.ends) == example.expected)
    }
}
