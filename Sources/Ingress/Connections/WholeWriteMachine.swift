/// Decides which bytes of a connection are whole plain writes, which bypass NIO's decoder, and which go to the decoder.
///
/// From the first piece that is anything else, everything goes to the decoder for as long as the connection lasts: after that, only the
/// decoder knows where the next request begins. Request lines that the decoder would wrongly accept are looked for as long as it is
/// simple to see where they begin.
struct WholeWriteMachine: Sendable {
    /// What to do with a piece of bytes.
    enum Decision: Equatable {
        /// It was a whole write, and has been taken.
        case taken
        case decode
        /// The same, and so is everything that follows on this connection.
        case decodeAll
        /// A malformed request line begins after this many bytes, which go to the decoder; nothing after them is read.
        case fail(behind: Int)
        case drop
    }

    /// What is known about the connection's bytes.
    private enum Phase {
        /// All pieces so far were whole writes.
        case whole
        /// It can be seen where requests begin.
        case plain(RequestStarts)
        case lost
        /// A request line was malformed.
        case broken
    }

    private var phase = Phase.whole
    /// Whether the decoder got none of the bytes of the current read.
    private var keepsAll = false

    /// - Parameter takesWhole: takes the piece if it is a whole write that can be handled now; returns false otherwise.
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

    /// Looks for a malformed request line in a piece, as long as it can be seen where requests begin.
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

    /// The system has no more bytes for now.
    /// - Returns: whether to tell the decoder, because it got some.
    mutating func readCompleted() -> Bool {
        defer { keepsAll = false }
        return !keepsAll
    }
}
