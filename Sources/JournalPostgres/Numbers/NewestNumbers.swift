import Events
import Journal
import JournalFormat

/// How far each slot of the journal has grown, as far as this gateway knows.
typealias NewestNumbers = AdvancingValue<JournalPosition>

extension NewestNumbers {
    convenience init() { self.init(.start) { !$0.isCovered(by: $1) } }

    /// After the newest event of each slot.
    var position: JournalPosition { value }

    /// A slot has an event with this number; wakes the tasks that waited for it.
    func advance(_ slot: Int16, to number: Int64) {
        advance(to: JournalPosition.start.advanced(to: SequenceNumber(number), inStream: UInt16(slot)))
    }

    /// The journal reaches to this position at least.
    func advance(to newest: JournalPosition) { advance { $0.joined(with: newest) } }
}
