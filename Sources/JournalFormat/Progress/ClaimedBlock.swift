/// Events that a walk through the journal handed out together, until the last of them is settled.
struct ClaimedBlock: Sendable {
    let first: Int64
    let last: Int64
    /// Ascending; emptied when all are settled.
    private var sequences: [Int64]
    private var isOpen: [Bool]
    private(set) var openCount: Int
    /// Everything before this index is settled.
    private var lowestIndex = 0

    /// - Parameter sequences: ascending, at least one.
    init(_ sequences: [Int64]) {
        first = sequences[0]
        last = sequences[sequences.count - 1]
        self.sequences = sequences
        isOpen = [Bool](repeating: true, count: sequences.count)
        openCount = sequences.count
    }

    /// The first event that is not settled; nil if all are.
    var lowestOpen: Int64? { openCount == 0 ? nil : sequences[lowestIndex] }

    /// Those that are not settled, ascending.
    var openSequences: some Sequence<Int64> { zip(sequences, isOpen).lazy.filter(\.1).map(\.0) }

    /// Whether an event of the range is open, other than these.
    func hasOpen(in range: ClosedRange<Int64>, except others: Set<Int64> = []) -> Bool {
        guard openCount > 0, first <= range.upperBound, last >= range.lowerBound else { return false }
        var index = place(of: range.lowerBound)
        while index < sequences.count, sequences[index] <= range.upperBound {
            if isOpen[index], !others.contains(sequences[index]) { return true }
            index += 1
        }
        return false
    }

    /// Notes that an event is settled.
    /// - Returns: whether it was open.
    mutating func settle(_ sequence: Int64) -> Bool {
        guard let index = index(of: sequence), isOpen[index] else { return false }
        isOpen[index] = false
        openCount -= 1
        if openCount == 0 {
            (sequences, isOpen) = ([], [])
        } else {
            while !isOpen[lowestIndex] { lowestIndex += 1 }
        }
        return true
    }

    private func index(of sequence: Int64) -> Int? {
        let index = place(of: sequence)
        return index < sequences.count && sequences[index] == sequence ? index : nil
    }

    /// The index of the first event that is not before `sequence`.
    private func place(of sequence: Int64) -> Int {
        var (low, high) = (0, sequences.count)
        while low < high {
            let middle = (low + high) / 2
            if sequences[middle] < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
