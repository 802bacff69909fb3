/// What walks through the journal handed out, block by block, until it is settled.
struct ClaimedBlocks: Sendable {
    private var blocks: [ClaimedBlock] = []

    /// The oldest event that is not settled; nil if all are.
    var lowestOpen: Int64? { blocks.first?.lowestOpen }

    /// Those that are not settled, ascending.
    var openSequences: [Int64] { blocks.flatMap { Array($0.openSequences) } }

    /// - Parameter sequences: ascending, and above all that were added before.
    mutating func append(_ sequences: [Int64]) {
        if !sequences.isEmpty { blocks.append(ClaimedBlock(sequences)) }
    }

    /// What is settled between the oldest event that is not and the end of the walk; events of others are in it, too.
    func settled(through end: Int64) -> [ClosedRange<Int64>] {
        var ranges: [ClosedRange<Int64>] = []
        guard var next = lowestOpen else { return [] }
        for open in blocks.lazy.flatMap(\.openSequences) {
            if open > next { ranges.append(next...(open - 1)) }
            next = open + 1
        }
        if next <= end { ranges.append(next...end) }
        return ranges
    }

    /// Whether an event of the range is not settled.
    func hasOpen(in range: ClosedRange<Int64>) -> Bool {
        blocks.contains { $0.hasOpen(in: range) }
    }

    /// Notes that an event is settled.
    /// - Returns: whether it was open.
    mutating func settle(_ sequence: Int64) -> Bool {
        guard let index = index(holding: sequence), blocks[index].settle(sequence) else { return false }
        while let first = blocks.first, first.openCount == 0 { blocks.removeFirst() }
        return true
    }

    /// Cuts a delivered run where an event between two of its neighbours is still open.
    /// - Parameters:
    ///   - rows: events that get a row in the same settlement.
    ///   - end: beyond it, nothing is known of the events.
    func unbroken(_ run: [Int64], besides rows: Set<Int64>, through end: Int64) -> [ArraySlice<Int64>] {
        var pieces: [ArraySlice<Int64>] = []
        var start = 0
        for index in run.indices.dropFirst() where isBroken(between: run[index - 1], run[index], besides: rows, end) {
            pieces.append(run[start..<index])
            start = index
        }
        pieces.append(run[start...])
        return pieces
    }

    private func isBroken(between left: Int64, _ right: Int64, besides rows: Set<Int64>, _ end: Int64) -> Bool {
        guard right != left + 1 else { return false }
        guard left < right, right <= end, var index = index(holding: left) else {
            return left >= right || right > end
        }
        while index < blocks.count, blocks[index].first < right {
            if blocks[index].hasOpen(in: (left + 1)...(right - 1), except: rows) { return true }
            index += 1
        }
        return false
    }

    /// The index of the first block that does not end before this event.
    private func index(holding sequence: Int64) -> Int? {
        var (low, high) = (0, blocks.count)
        while low < high {
            let middle = (low + high) / 2
            if blocks[middle].last < sequence { low = middle + 1 } else { high = middle }
        }
        return low < blocks.count ? low : nil
    }
}
