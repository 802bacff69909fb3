/// A pattern in which `*` matches any text, including none; everything else is literal.
package struct Glob: Sendable, Equatable {
    package let pattern: String
    /// The texts between the stars.
    private let pieces: [[UInt8]]

    package init(_ pattern: String) {
        self.pattern = pattern
        pieces = pattern.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
    }

    /// Whether it matches every text.
    package var matchesEverything: Bool { pieces.count > 1 && pieces.allSatisfy(\.isEmpty) }

    /// Compares byte for byte.
    package func matches(_ text: String) -> Bool {
        guard pieces.count > 1 else { return text.utf8.elementsEqual(pieces[0]) }
        var rest = Array(text.utf8)[...]
        guard rest.starts(with: pieces[0]) else { return false }
        rest = rest.dropFirst(pieces[0].count)
        let last = pieces[pieces.count - 1]
        for piece in pieces[1..<(pieces.count - 1)] {
            guard let place = Self.find(piece, in: rest) else { return false }
            rest = rest[(place + piece.count)...]
        }
        return rest.count >= last.count && rest.suffix(last.count).elementsEqual(last)
    }

    private static func find(_ piece: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
        guard !piece.isEmpty else { return text.startIndex }
        guard text.count >= piece.count else { return nil }
        return (text.startIndex...(text.endIndex - piece.count)).first { text[$0...].starts(with: piece) }
    }
}
