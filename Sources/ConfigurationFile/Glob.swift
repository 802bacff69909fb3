/// A pattern in which `*` matches any text, including none; everything else is literal.
package struct Glob: Sendable, Equatable {
    package let pattern: String
    /// The texts between the stars.
    private let pieces: [[UInt8]]

    /// Splits the pattern at its stars. Every pattern is valid.
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

    /// Whether some text matches both.
    package func overlaps(with other: Glob) -> Bool {
        let star = UInt8(ascii: "*")
        let (one, two) = (Array(pattern.utf8), Array(other.pattern.utf8))
        // For each prefix of the one pattern: which prefixes of the other some text matches as well.
        var reached = [Bool](repeating: false, count: two.count + 1)
        for first in 0...one.count {
            var next = [Bool](repeating: false, count: two.count + 1)
            for second in 0...two.count {
                let byStarOfOne =
                    first > 0 && one[first - 1] == star && (reached[second] || second > 0 && next[second - 1])
                let byStarOfTwo =
                    second > 0 && two[second - 1] == star && (next[second - 1] || first > 0 && reached[second])
                let byBoth =
                    first > 0 && second > 0 && one[first - 1] == two[second - 1] && one[first - 1] != star
                    && reached[second - 1]
                next[second] = first == 0 && second == 0 || byStarOfOne || byStarOfTwo || byBoth
            }
            reached = next
        }
        return reached[two.count]
    }

    private static func find(_ piece: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
        guard !piece.isEmpty else { return text.startIndex }
        guard text.count >= piece.count else { return nil }
        return (text.startIndex...(text.endIndex - piece.count)).first { text[$0...].starts(with: piece) }
    }
}
