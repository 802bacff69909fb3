import Events
import Parity
import Randomness
import Testing

/// Differences as they are kept, whatever texts a vendor shows.
@Suite struct FindingTextTests {
    /// Texts that mean something in JSON, SQL, HTML, CSV or Unicode.
    static let hostile = [
        "", "\"", "\\", "\u{0}", "\n\r\t", "'; DROP TABLE findings; --", "<script>alert(1)</script>", "=1+1", "a,b;c",
        "\u{2028}", "caf\u{E9}", "cafe\u{301}", "\u{1F4B6}", "\u{FFFD}", "null", "\"kind\":\"money\"",
        "{\"kind\":\"money\"}",
    ]

    @Test(arguments: hostile, ContentDifference.Kind.allCases)
    func `are read as they were written`(text: String, kind: ContentDifference.Kind) throws {
        let all = [
            ContentDifference(field: text, kind: kind, sent: text, shown: nil),
            ContentDifference(field: "units", kind: kind, sent: nil, shown: text),
        ]
        let read = FindingText.read(FindingText.write(all))
        #expect(read == all)
        // Equal by their bytes, too: two forms of one text are two values.
        #expect(Array(try #require(read.first?.sent).utf8) == Array(text.utf8))
    }

    @Test func `have one form`() {
        let differences = [
            ContentDifference(field: "properties.units", kind: .precision, sent: "0.1", shown: "0.10000000000000001"),
            ContentDifference(field: "source", kind: .dropped, sent: "a", shown: nil),
        ]
        #expect(
            FindingText.write(differences)
                == #"[{"field":"properties.units","kind":"precision","sent":"0.1","shown":"0.10000000000000001"},"#
                + #"{"field":"source","kind":"dropped","sent":"a","shown":null}]"#
        )
        #expect(FindingText.write([]) == "[]" && FindingText.read("[]").isEmpty)
    }

    /// By the mark a storage finds the differences of money: it may find others beside them, and must miss none.
    @Test(arguments: hostile)
    func `have a mark if one of them is of money`(text: String) {
        let money = ContentDifference(field: text, kind: .money, sent: text, shown: text)
        let written = FindingText.write([ContentDifference(field: text, kind: .value, sent: nil, shown: text), money])
        #expect(written.contains(FindingText.moneyMark))
        let other = FindingText.write([ContentDifference(field: "units", kind: .value, sent: text, shown: text)])
        #expect(!other.contains(FindingText.moneyMark), "a quote within a text is escaped")
    }

    @Test(arguments: ["", "x", "{}", "7", "null", "[", "[{]", #"{"field":"a","kind":"value"}"#, #"[[{"field":"a"}]]"#])
    func `are none in what was not written so`(text: String) {
        #expect(FindingText.read(text).isEmpty)
    }

    @Test func `leave out what another version knows, and keep the rest`() {
        let text = #"""
            [{"field":"a","kind":"later","sent":"1","shown":"2"},{"kind":"value"},{"field":7,"kind":"value"},7,
             {"field":"b","kind":"value","sent":1,"shown":"2","more":{}},{"field":"c","kind":"added"}]
            """#
        #expect(
            FindingText.read(text) == [
                ContentDifference(field: "b", kind: .value, sent: nil, shown: "2"),
                ContentDifference(field: "c", kind: .added, sent: nil, shown: nil),
            ]
        )
    }
}
