import Events
import Foundation
import GRDB
import Journal
import JournalFormat
import Testing

@testable import JournalSQLite

/// Columns of rows that a damaged file may have, and what a failure is called towards callers.
@Suite struct RowValueTests {
    /// One row of these values.
    private func row<Value>(_ values: String, _ body: (Row) throws -> Value) throws -> Value {
        try DatabaseQueue().read { db in
            try body(#require(try Row.fetchOne(db, sql: "SELECT \(values)")))
        }
    }

    private func fault(_ values: String, _ body: (Row) throws -> Void) throws -> String? {
        do {
            try row(values, body)
            return nil
        } catch let error as DamagedRow {
            return error.fault
        }
    }

    @Test(arguments: [
        ("NULL", "missing"), ("1e300", "a decimal number"), ("'text'", "text"), ("x'00'", "binary data"),
    ])
    func `a value of another type is named by its kind, and not by its content`(value: String, kind: String) throws {
        let found = try fault("\(value) AS first") { _ = try $0.value(0) as Int64 }
        #expect(found == "first is \(kind)")
        #expect("\(DamagedRow(fault: "x"))" == "the database is damaged: in a row, x")
    }

    @Test func `an integer is no text, and no value is one where that may be`() throws {
        #expect(try fault("7 AS n") { _ = try $0.value(0) as Data } == "n is an integer")
        #expect(try row("NULL") { try $0.value(0) as Int64? } == nil)
        #expect(try row("7") { try $0.value(0) as Int64? } == 7)
        #expect(try fault("'x' AS n") { _ = try $0.value(0) as Int64? } == "n is text")
    }

    private static let largest = SequenceNumber.largest.rawValue

    @Test(
        arguments: [
            (0, true), (1, true), (largest, true), (largest + 1, false), (-1, false), (.max, false), (.min, false),
        ] as [(Int64, Bool)]
    )
    func `a number of an event is from 0 to the largest`(number: Int64, isOne: Bool) throws {
        // SQLite reads the least number as the negation of one that it does not have.
        let text = number == .min ? "(-9223372036854775807 - 1)" : "\(number)"
        let found = try fault("\(text) AS first") { row in
            let read = try row.number(0)
            #expect(read == number)
        }
        #expect(found == (isOne ? nil : "first is not the number of an event"))
    }

    @Test(
        arguments: [
            ("1", "1", nil), ("1", "0", "a is greater than b"), ("-1", "4", "a is not the number of an event"),
            ("0", "1152921504606846976", "a is not the number of an event"), ("'x'", "1", "a is text"),
            ("1", "NULL", "b is missing"),
        ] as [(String, String, String?)]
    )
    func `a range goes from its first number to its last`(first: String, last: String, expected: String?) throws {
        let found = try fault("\(first) AS a, \(last) AS b") { _ = try $0.range(0, through: 1) }
        #expect(found == expected)
    }

    @Test(
        arguments: [
            ("5", "3", nil), ("5", "1", nil), ("5", "0", "b is 0"), ("5", "-2", "b is -2"),
            ("5", "9223372036854775807", "b is 9223372036854775807"), ("1152921504606846975", "1", nil),
            ("1152921504606846975", "2", "a is not the number of an event"),
            ("-3", "2", "a is not the number of an event"),
        ] as [(String, String, String?)]
    )
    func `a range of so many numbers ends where numbers end`(first: String, count: String, expected: String?) throws {
        let found = try fault("\(first) AS a, \(count) AS b") { row in
            let range = try row.range(0, count: 1)
            #expect("\(range.lowerBound)" == first && "\(range.count)" == count)
        }
        #expect(found == expected)
    }

    @Test(
        arguments: [
            ("0", nil), ("2147483647", nil), ("2147483648", "n is 2147483648"), ("-1", "n is -1"), ("'1'", "n is text"),
        ] as [(String, String?)]
    )
    func `attempts are a number that can be counted on`(attempts: String, expected: String?) throws {
        #expect(try fault("\(attempts) AS n") { _ = try $0.attempts(0) } == expected)
    }

    // MARK: Failures

    private struct Other: Error, CustomStringConvertible {
        let description = "something else"
    }

    @Test func `a failure is what the caller can do about it`() {
        let failures: [(any Error, StoreError)] = [
            (StoreError.leaseLost, .leaseLost), (StoreError.full(retryAfter: .zero), .full(retryAfter: .zero)),
            (DatabaseError(resultCode: .SQLITE_FULL), .full(retryAfter: .seconds(3))),
            (
                DatabaseError(resultCode: .SQLITE_IOERR_WRITE, message: "disk I/O error", sql: "SECRET"),
                .failed(reason: "disk I/O error (SQLite 778)")
            ),
            (
                DamagedRow(fault: "count is text"),
                .failed(reason: "the database is damaged: in a row, count is text")
            ),
            (Other(), .failed(reason: "something else")),
            (
                DamagedAmendment(),
                .failed(reason: "the settings of a retried delivery are damaged in the database")
            ),
        ]
        for (error, expected) in failures {
            #expect(StoreError(error, retryAfter: .seconds(3)) == expected)
        }
    }

    @Test func `what cannot be opened cannot be used, and what is so already stays so`() {
        let folder = URL(filePath: "/data")
        #expect(StoreError.failed(reason: "r").asUnusable(folder) == .unusable(path: "/data", reason: "r"))
        #expect(StoreError.closed.asUnusable(folder) == .closed)
    }

    // MARK: Providers of a chunk

    @Test func `the counts of a chunk's providers are read as they were written`() {
        var counts = ProviderCounts()
        for (provider, events) in [(1, 3), (7, 1), (1, 2), (4_294_967_295, 9)] as [(Int64, Int)] {
            counts.add(events, for: provider)
        }
        #expect(counts.events(for: 1) == 5 && counts.events(for: 7) == 1 && counts.events(for: 2) == 0)
        let encoded = [UInt8](counts.encoded)
        #expect(encoded == [1, 0, 0, 0, 5, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 255, 255, 255, 255, 9, 0, 0, 0])
        #expect(ProviderCounts(decoding: encoded) == counts)
        // What is cut off counts as far as it is whole.
        for length in 0...encoded.count {
            #expect(ProviderCounts(decoding: Array(encoded[..<length])).counts.count == length / 8)
        }
    }
}
