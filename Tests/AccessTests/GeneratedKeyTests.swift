import Access
import Events
import Testing

@Suite struct GeneratedKeyTests {
    @Test func `makes keys of one form, each of its own`() throws {
        let keys = (0..<1000).map { _ in GeneratedKey.make().reveal() }
        #expect(Set(keys).count == 1000)
        #expect(keys.allSatisfy { $0.wholeMatch(of: #/tg_[0-9A-Za-z]{49}/#) != nil })
        #expect(keys.allSatisfy { !GeneratedKey.isMistyped($0) })
    }

    @Test func `uses all digits about equally often`() {
        var counts: [Character: Int] = [:]
        for _ in 0..<2000 {
            for digit in GeneratedKey.make().reveal().dropFirst(3).prefix(43) { counts[digit, default: 0] += 1 }
        }
        // 86,000 digits: 1,387 of each, give or take 37.
        #expect(counts.count == 62)
        #expect(counts.values.allSatisfy { (1150...1650).contains($0) }, "\(counts)")
    }

    @Test func `finds every single wrong character and every two neighbours that changed places`() {
        let key = Array(GeneratedKey.make().reveal())
        for place in 3..<key.count {
            for digit in "0aZ" where key[place] != digit {
                var wrong = key
                wrong[place] = digit
                #expect(GeneratedKey.isMistyped(String(wrong)), "\(place)")
            }
            guard place + 1 < key.count, key[place] != key[place + 1] else { continue }
            var swapped = key
            swapped.swapAt(place, place + 1)
            #expect(GeneratedKey.isMistyped(String(swapped)), "\(place)")
        }
    }

    @Test func `finds a key that was cut short or grew`() {
        let key = GeneratedKey.make().reveal()
        #expect(GeneratedKey.isMistyped(String(key.dropLast(10))))
        #expect(GeneratedKey.isMistyped(key + "x"))
        #expect(GeneratedKey.isMistyped("tg_"))
    }

    @Test(arguments: ["", "tg", "sk_live_123", "TG_abc"])
    func `has no opinion on keys that are not its own`(key: String) {
        #expect(!GeneratedKey.isMistyped(key))
    }

    @Test func `knows a key whose checksum was computed elsewhere`() {
        // zlib.crc32(b"tg_" + b"0" * 43) in base 62.
        #expect(!GeneratedKey.isMistyped("tg_" + String(repeating: "0", count: 43) + "3L6u1e"))
    }
}
