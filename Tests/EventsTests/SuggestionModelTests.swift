import TestSupport
import Testing

@testable import Events

/// Distances of words against the definition, which a recursion follows letter by letter.
@Suite struct SuggestionModelTests {
    /// Insertions, deletions, replacements, and swaps of neighbours that nothing else changes.
    private func distance(_ left: ArraySlice<Character>, _ right: ArraySlice<Character>) -> Int {
        guard let letter = left.last, let other = right.last else { return max(left.count, right.count) }
        let (shorter, other2) = (left.dropLast(), right.dropLast())
        var least = min(
            distance(shorter, right) + 1,
            distance(left, other2) + 1,
            distance(shorter, other2) + (letter == other ? 0 : 1)
        )
        if shorter.last == other, other2.last == letter, !shorter.isEmpty, !other2.isEmpty {
            least = min(least, distance(shorter.dropLast(), other2.dropLast()) + 1)
        }
        return least
    }

    @Test func `counts as the definition does`() {
        var random = SeededRandom()
        func word() -> String {
            (0..<Int.random(in: 0...5, using: &random)).map { _ in ["a", "b", "é"].randomElement(using: &random) ?? "a"
            }
            .joined()
        }
        for _ in 0..<400 {
            let (left, right) = (word(), word())
            let expected = distance(Array(left)[...], Array(right)[...])
            #expect(Suggestion.distance(left, right) == expected, "seed \(SeededRandom.seed): \(left), \(right)")
        }
    }

    /// A third of the letters may be wrong, and one of the shortest words.
    @Test(arguments: [
        ("ab", "abc"), ("a", "b"), ("abcdef", "abcdXY"), ("abcdefghi", "abcdefXYZ"),
    ])
    func `takes so many mistakes as a word of its length may have`(word: String, candidate: String) {
        #expect(Suggestion.closest(to: word, among: [candidate]) == candidate)
        #expect(Suggestion.closest(to: word, among: [candidate + "##"]) == nil)
    }

    @Test func `of two that are equally close it takes the first, and of all the closest`() {
        #expect(Suggestion.closest(to: "cat", among: ["bat", "rat", "cot"]) == "bat")
        #expect(Suggestion.closest(to: "cat", among: ["bat", "CAT", "cat"]) == "CAT")
        #expect(Suggestion.closest(to: "timestmap", among: ["time", "timestamp"]) == "timestamp")
    }

    /// Of words that agree in their first 64 letters, neither is closer.
    @Test func `compares no more than 64 letters`() {
        let start = String(repeating: "é", count: 64)
        #expect(Suggestion.distance(start + "a", start + "bcd") == 0)
        #expect(Suggestion.closest(to: start + "x", among: [start]) == start)
    }
}
