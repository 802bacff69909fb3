/// Finds the word that was probably meant.
package enum Suggestion {
    /// The candidate that is closest to `word`; nil if none is close enough to be a typing mistake of it.
    package static func closest(to word: String, among candidates: [String]) -> String? {
        // Of a longer word only this much is compared, and its length allows no more mistakes.
        let word = String(word.lowercased().prefix(longestCompared))
        let allowed = max(1, word.count / 3)
        return
            candidates
            .map { (candidate: $0, distance: distance(word, $0.lowercased())) }
            .filter { $0.distance <= allowed }
            .min { $0.distance < $1.distance }?
            .candidate
    }

    private static let longestCompared = 64

    /// How many letters must be put in, taken out, replaced or swapped with their neighbour to make one word of the other.
    static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.prefix(longestCompared)), Array(right.prefix(longestCompared)))
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        var rows = [[Int](repeating: 0, count: right.count + 1), Array(0...right.count)]
        for (i, letter) in left.enumerated() {
            var row = [i + 1] + [Int](repeating: 0, count: right.count)
            for (j, other) in right.enumerated() {
                let replaced = rows[1][j] + (letter == other ? 0 : 1)
                row[j + 1] = min(rows[1][j + 1] + 1, row[j] + 1, replaced)
                if i > 0, j > 0, letter == right[j - 1], left[i - 1] == other {
                    row[j + 1] = min(row[j + 1], rows[0][j - 1] + 1)
                }
            }
            rows = [rows[1], row]
        }
        return rows[1][right.count]
    }
}
