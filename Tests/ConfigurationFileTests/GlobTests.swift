import ConfigurationFile
import Testing

@Suite struct GlobTests {
    private static let texts: [String] = (0...4).flatMap { length in
        (0..<(1 << length)).map { bits in String((0..<length).map { bits & (1 << $0) == 0 ? "a" : "b" }) }
    }
    private static let patterns: [String] = (0...3).flatMap { length -> [String] in
        var all = [""]
        for _ in 0..<length { all = all.flatMap { start in ["a", "b", "*"].map { start + $0 } } }
        return all
    }

    /// All short patterns: two overlap exactly if one of the short texts matches both.
    @Test func `overlaps with another if a text matches both`() {
        for one in Self.patterns.map(Glob.init) {
            let matched = Self.texts.filter(one.matches)
            for other in Self.patterns.map(Glob.init) {
                #expect(
                    one.overlaps(with: other) == matched.contains(where: other.matches),
                    "\(one.pattern) \(other.pattern)"
                )
            }
        }
    }
}
