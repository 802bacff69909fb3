import Events
import TestSupport
import Testing

/// Decoding of anything that a path or a query may hold, against a model that goes byte by byte.
@Suite struct PercentEncodingPropertyTests {
    /// Each `%XX` becomes its byte; everything else stays.
    private func model(_ text: String, plusIsSpace: Bool) -> String {
        let digits = Array("0123456789abcdef".utf8)
        func digit(_ byte: UInt8) -> UInt8? {
            digits.firstIndex(of: (0x41...0x46).contains(byte) ? byte + 0x20 : byte).map { UInt8($0) }
        }
        let bytes = Array(text.utf8)
        var (decoded, place): ([UInt8], Int) = ([], 0)
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "%"), place + 2 < bytes.count, let high = digit(bytes[place + 1]),
                let low = digit(bytes[place + 2])
            {
                decoded.append(high << 4 | low)
                place += 3
            } else {
                decoded.append(plusIsSpace && bytes[place] == UInt8(ascii: "+") ? 0x20 : bytes[place])
                place += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    @Test(arguments: [
        ("%aé", "%aé"), ("%é", "%é"), ("%1\u{1F600}", "%1\u{1F600}"), ("%%41", "%A"), ("%4%31", "%41"),
        ("%25%34%31", "%41"),
        ("%2", "%2"), ("%-1", "%-1"), ("% 1", "% 1"), ("%1 ", "%1 "), ("%C3%A9", "é"), ("%c3%a9", "é"),
        ("%FF", "\u{FFFD}"),
        ("%e\u{301}a", "%e\u{301}a"), ("é%41", "éA"),
    ])
    func `decodes once, and takes two ASCII digits only`(text: String, decoded: String) {
        #expect(PercentEncoding.decoded(text).utf8.elementsEqual(decoded.utf8))
        #expect(PercentEncoding.decoded(Substring(text)).utf8.elementsEqual(decoded.utf8))
    }

    @Test func `decodes random texts as the model does, and gives back what it encoded`() {
        var random = SeededRandom()
        let pieces = [
            "%", "a", "F", "0", "9", "g", "+", "-", " ", "é", "\u{1F600}", "\u{301}", "%41", "%C3", "%A9", "/", "\u{0}",
        ]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in pieces.randomElement(using: &random)! }
                .joined()
            for plusIsSpace in [false, true] {
                let decoded = PercentEncoding.decoded(text, plusIsSpace: plusIsSpace)
                let expected = model(text, plusIsSpace: plusIsSpace)
                #expect(
                    decoded.utf8.elementsEqual(expected.utf8),
                    "seed \(SeededRandom.seed): \(text.debugDescription)"
                )
                let again = PercentEncoding.decoded(PercentEncoding.encoded(text), plusIsSpace: plusIsSpace)
                #expect(again.utf8.elementsEqual(text.utf8), "seed \(SeededRandom.seed): \(text.debugDescription)")
            }
        }
    }
}
