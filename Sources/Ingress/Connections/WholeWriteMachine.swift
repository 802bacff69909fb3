/// Decides which bytes of a connection are whole plain writes, which bypass NIO's decoder, and which go to the decoder.
///
/// From the first piece that is anything else, all goes to the decoder, for as long as the connection lasts: where the next request
/// begins, only the decoder knows from then on. Request lines that the decoder would accept wrongly are looked for as long as it is plain
/// where they begin.
struct WholeWriteMachine: Sendable {
    /// What happens to a piece of bytes.
    enum Decision: Equatable {
        /// It is a whole write, and was taken.
        case taken
        case decode
        /// The same, and nothing is left to decide on this connection.
        case decodeAll
        /// A malformed request line begins after so many bytes, which the decoder may have; nothing after them is read.
        case fail(behind: Int)
        case drop
    }

    private enum Phase {
        /// All pieces so far were whole writes.
        case whole
        /// It is plain where requests begin.
        case plain(RequestStarts)
        case lost
        /// A request line was malformed.
        case broken
    }

    private var phase = Phase.whole
    /// Whether nothing of what is being read went further.
    private var keepsAll = false

    /// - Parameter takesWhole: takes the piece if it is a whole write that can be answered now; otherwise false.
    mutating func read(_ piece: UnsafeRawBufferPointer, takesWhole: () -> Bool) -> Decision {
        switch phase {
        case .whole:
            keepsAll = takesWhole()
            return keepsAll ? .taken : find(RequestStarts(), in: piece)
        case .plain(let starts): return find(starts, in: piece)
        case .lost: return .decodeAll
        case .broken: return .drop
        }
    }

    private mutating func find(_ starts: RequestStarts, in piece: UnsafeRawBufferPointer) -> Decision {
        var starts = starts
        switch starts.read(piece[...]) {
        case .nothing:
            phase = .plain(starts)
            return .decode
        case .lost:
            phase = .lost
            return .decodeAll
        case .malformed(let good):
            phase = .broken
            return .fail(behind: good)
        }
    }

    /// The system has no more bytes at present.
    /// - Returns: whether the decoder is to know that, because it got some.
    mutating func readCompleted() -> Bool {
        defer { keepsAll = false }
        return !keepsAll
    }
}
