import Testing

@testable import ConfigurationFile

/// Patterns against a model that tries every split, on all short patterns and texts.
@Suite struct GlobPropertyTests {
    private static let letters: [Character] = ["a", "b"]

    private static func words(_ letters: [Character], upTo length: Int) -> [String] {
        var words = [""]
        var last = [""]
        for _ in 0..<length {
            last = last.flatMap { word in letters.map { word + String($0) } }
            words += last
        }
        return words
    }

    private static func matches(_ pattern: Substring, _ text: Substring) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            return matches(pattern.dropFirst(), text) || (!text.isEmpty && matches(pattern, text.dropFirst()))
        }
        return text.first == first && matches(pattern.dropFirst(), text.dropFirst())
    }

    @Test func `matches what the model matches`() {
        let texts = Self.words(Self.letters, upTo: 5)
        for pattern in Self.words(Self.letters + ["*"], upTo: 4) {
            let glob = Glob(pattern)
            for text in texts where glob.matches(text) != Self.matches(pattern[...], text[...]) {
                Issue.record("\(pattern) and \(text)")
            }
            #expect(glob.matchesEverything == (!pattern.isEmpty && pattern.allSatisfy { $0 == "*" }))
        }
    }

    /// Two patterns of up to three characters that match a text at all match one of up to six.
    @Test func `overlaps with what matches a text that it matches`() {
        let texts = Self.words(Self.letters, upTo: 6)
        let patterns = Self.words(Self.letters + ["*"], upTo: 3)
        let matched = patterns.map { pattern in Set(texts.filter { Self.matches(pattern[...], $0[...]) }) }
        for (one, texts) in zip(patterns, matched) {
            for (other, others) in zip(patterns, matched) {
                let expected = !texts.isDisjoint(with: others)
                if Glob(one).overlaps(with: Glob(other)) != expected {
                    Issue.record("\(one) and \(other): \(expected)")
                }
            }
        }
    }

    @Test func `many stars on a long text take no time that grows with their number`() {
        let pattern = Glob(String(repeating: "a*", count: 200) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 20_000)))
        #expect(pattern.matches(String(repeating: "a", count: 20_000) + "b"))
    }

    @Test func `a composed letter is not its parts`() {
        #expect(!Glob("caf\u{E9}").matches("cafe\u{301}"))
        #expect(Glob("cafe*").matches("cafe\u{301}"))
        #expect(!Glob("*\u{301}").matches("caf\u{E9}"))
    }
}
