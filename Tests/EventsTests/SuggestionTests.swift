import TestSupport
import Testing

@testable import Events

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1),
        ("abc", "abcd", 1),
        ("abc", "xbc", 1), ("kitten", "sitting", 3), ("ca", "ac", 1), ("ca", "abc", 3), ("é", "e", 1),
    ])
    func `counts letters put in, taken out, replaced or swapped`(left: String, right: String, distance: Int) {
        #expect(Suggestion.distance(left, right) == distance)
        #expect(Suggestion.distance(right, left) == distance)
    }

    @Test(arguments: [
        ("primry", "primary"), ("PRIMARY", "primary"), ("mirrow", "mirror"), ("shdaow", "shadow"), ("of", "off"),
        ("xyz", nil),
        ("", nil), ("o", nil), ("primaryprimary", nil),
    ])
    func `finds the word that was meant, if one is close enough`(word: String, meant: String?) {
        #expect(Suggestion.closest(to: word, among: ["primary", "mirror", "shadow", "off"]) == meant)
        #expect(Suggestion.closest(to: word, among: []) == nil)
    }

    /// Only the first 64 letters of either are looked at, so that a word of a megabyte takes no time.
    @Test func `a word of any length is compared quickly, and suggests nothing`() {
        let long = String(repeating: "x", count: 1 << 20)
        #expect(Suggestion.distance(long, "x") == 63)
        #expect(Suggestion.closest(to: "_" + long, among: ["timestamp"]) == nil)
    }

    /// No more than one edit away, whichever it is.
    @Test func `every single edit of a word is at a distance of one`() {
        var random = SeededRandom()
        let word = Array("customer_id")
        for _ in 0..<500 {
            var other = word
            let place = Int.random(in: 0..<(word.count - 1), using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: other.remove(at: place)
            case 1: other.insert("#", at: place)
            case 2: other[place] = "#"
            default: other.swapAt(place, place + 1)
            }
            #expect(
                Suggestion.distance(String(word), String(other)) == 1,
                "seed \(SeededRandom.seed): \(String(other))"
            )
        }
    }
}
