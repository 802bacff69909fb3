import Events
import Foundation
import GRDB
import JournalFormat

/// Reads columns of rows. The database's own subscripts end the process at a value of another type, which a damaged file may have.
extension Row {
    /// The value of a column.
    /// - Throws: ``DamagedRow`` if it is not of the type, or missing where the type is not optional.
    func value<Value: DatabaseValueConvertible>(_ index: Int) throws -> Value {
        let stored: DatabaseValue = self[index]
        guard let value = Value.fromDatabaseValue(stored) else {
            throw DamagedRow(fault: "\(columnName(index)) is \(stored.storageName)")
        }
        return value
    }

    /// The number of an event.
    /// - Throws: ``DamagedRow`` if the column has none.
    func number(_ index: Int) throws -> Int64 { try range(index, through: index).lowerBound }

    /// The range from one column's value to another's, both numbers of events.
    /// - Throws: ``DamagedRow`` if they are not, or the first is greater.
    func range(_ first: Int, through last: Int) throws -> ClosedRange<Int64> {
        let (low, high): (Int64, Int64) = try (value(first), value(last))
        guard low <= high else { throw DamagedRow(fault: "\(columnName(first)) is greater than \(columnName(last))") }
        return try numbers(low...high, columnName(first))
    }

    /// The numbers of events from one column's value on, as many as another column says.
    /// - Throws: ``DamagedRow`` if there is no such range.
    func range(_ first: Int, count: Int) throws -> ClosedRange<Int64> {
        let (low, size): (Int64, Int64) = try (value(first), value(count))
        let (end, overflows) = low.addingReportingOverflow(size)
        guard size > 0, !overflows else { throw DamagedRow(fault: "\(columnName(count)) is \(size)") }
        return try numbers(low...(end - 1), columnName(first))
    }

    private func numbers(_ range: ClosedRange<Int64>, _ name: String) throws -> ClosedRange<Int64> {
        guard range.lowerBound >= 0, range.upperBound <= SequenceNumber.largest.rawValue else {
            throw DamagedRow(fault: "\(name) is not the number of an event")
        }
        return range
    }

    /// The number of attempts in a column.
    /// - Throws: ``DamagedRow`` for a number that none can have reached, with which counting on would end the process.
    func attempts(_ index: Int) throws -> Int {
        let attempts: Int = try value(index)
        guard (0...Int(Int32.max)).contains(attempts) else {
            throw DamagedRow(fault: "\(columnName(index)) is \(attempts)")
        }
        return attempts
    }

    /// The number of an origin, a plan, a provider or a lane in a column.
    /// - Throws: ``DamagedRow`` for a number that none can have, after which the next one would end the process.
    func nameNumber(_ index: Int) throws -> UInt32 {
        let number: Int64 = try value(index)
        guard (1...Int64(Int32.max)).contains(number) else {
            throw DamagedRow(fault: "\(columnName(index)) is \(number)")
        }
        return UInt32(number)
    }

    /// The members of a run; nil for a run of neighbours.
    /// - Parameter first: the run's first event.
    func members(_ index: Int, first: Int64) throws -> RunMembers? {
        try RunMembers(decoding: (value(index) as Data?).map { [UInt8]($0) }, first: first)
    }

    private func columnName(_ index: Int) -> String { Array(columnNames)[index] }
}

/// A row that the journal has never written: the file is damaged, or was changed by another program.
struct DamagedRow: Error, CustomStringConvertible {
    /// Which column has what; never a value.
    let fault: String

    var description: String { "the database is damaged: in a row, \(fault)" }
}

extension DatabaseValue {
    /// What kind of value it is, for people.
    fileprivate var storageName: String {
        switch storage {
        case .null: "missing"
        case .int64: "an integer"
        case .double: "a decimal number"
        case .string: "text"
        case .blob: "binary data"
        }
    }
}
