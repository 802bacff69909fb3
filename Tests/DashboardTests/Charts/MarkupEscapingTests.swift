import Testing

@testable import Dashboard

/// Both ways by which text comes into a page, over every code point of the lower planes.
@Suite struct MarkupEscapingTests {
    private static let entities: [Unicode.Scalar: String] = [
        "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;",
    ]
    private static let scalars = (0..<0x3_0000 as Range<UInt32>).compactMap { Unicode.Scalar($0) }

    @Test func `a drawing has entities for what could end it, and no control characters`() {
        for scalar in Self.scalars {
            let isControl =
                (scalar.value < 0x20 && ![9, 10, 13].contains(scalar.value)) || (0x7F...0x9F).contains(scalar.value)
                || scalar.value == 0xFFFE || scalar.value == 0xFFFF
            let expected = Self.entities[scalar] ?? (isControl ? "\u{FFFD}" : String(Character(scalar)))
            let escaped = MarkupWriter.escaped("a" + String(Character(scalar)) + "b")
            if !escaped.utf8.elementsEqual("a\(expected)b".utf8) { Issue.record("scalar \(scalar.value)") }
        }
    }

    @Test func `a page has entities for what could end an attribute, and nothing for zero bytes`() {
        for scalar in Self.scalars {
            let expected = Self.entities[scalar] ?? (scalar.value == 0 ? "\u{FFFD}" : String(Character(scalar)))
            let escaped = EscapedHTML.escape("a" + String(Character(scalar)) + "b")
            if !escaped.utf8.elementsEqual("a\(expected)b".utf8) { Issue.record("scalar \(scalar.value)") }
        }
    }

    /// A mark behind a quotation mark makes another character of it, and a browser reads the quotation mark.
    @Test(arguments: ["\u{301}", "\u{200D}", "\u{FE0F}", "\u{20DD}", "\u{1F3FD}"], ["\"", "<", "&", "'", ">"])
    func `escapes also what has a combining mark`(mark: String, special: String) {
        let entity = Self.entities[special.unicodeScalars.first ?? " "] ?? ""
        #expect(MarkupWriter.escaped(special + mark).utf8.elementsEqual((entity + mark).utf8))
        #expect(EscapedHTML.escape(special + mark).utf8.elementsEqual((entity + mark).utf8))
    }

    @Test func `nests elements, and writes attributes in their order`() {
        var writer = MarkupWriter()
        writer.element("g", ["b": "1", "a": "2"]) { writer in
            writer.empty("line", ["x": "<"])
            writer.append("a < b")
            writer.append(markup: "<b/>")
            writer.element("p") { _ in }
        }
        #expect(writer.text == "<g b=\"1\" a=\"2\"><line x=\"&lt;\"/>a &lt; b<b/><p></p></g>")
    }

    @Test(
        arguments: [
            ([(0, 0)], "M0 0"), ([(1, 2), (3, 4)], "M1 2 3 4"), ([(-1, -2.25), (0.04, 99.96)], "M-1 -2.3 0 100"),
            ([], "M"),
        ] as [([(Double, Double)], String)]
    )
    func `writes paths with a space between numbers only`(points: [(Double, Double)], text: String) {
        var path = PathText()
        #expect(path.isEmpty)
        path.append("M")
        for point in points { path.point(point.0, point.1) }
        #expect(path.text == text && !path.isEmpty)
    }
}
