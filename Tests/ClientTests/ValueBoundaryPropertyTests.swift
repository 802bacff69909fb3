import TestSupport
import Testing

@testable import Client

/// Where values end, beside a grammar of JSON that was written on its own.
@Suite struct ValueBoundaryPropertyTests {
    private static func verdict(_ bytes: [UInt8]) -> ValueBoundary.Verdict {
        var boundary = ValueBoundary()
        return boundary.read(bytes, in: 0..<bytes.count)
    }

    /// A random container, nested up to `depth`, with spaces wherever they may be.
    private static func container(_ depth: Int, _ random: inout SeededRandom) -> String {
        let items = (0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth - 1, &random) }
        guard Bool.random(using: &random) else {
            let comma = "," + space(&random)
            return ["[", space(&random), items.joined(separator: comma), space(&random), "]"].joined()
        }
        let members = items.map { item in [string(&random), space(&random), ":", space(&random), item].joined() }
        let comma = space(&random) + ","
        return ["{", space(&random), members.joined(separator: comma), space(&random), "}"].joined()
    }

    private static func value(_ depth: Int, _ random: inout SeededRandom) -> String {
        switch Int.random(in: 0...(depth > 0 ? 5 : 3), using: &random) {
        case 0: string(&random)
        case 1: ["0", "-1.5e+3", "12345678901234567890", "1E-2"].randomElement(using: &random) ?? "0"
        case 2: ["true", "false", "null"].randomElement(using: &random) ?? "null"
        case 3: ["[]", "{}", "\"\""].randomElement(using: &random) ?? "{}"
        default: container(depth, &random)
        }
    }

    private static func string(_ random: inout SeededRandom) -> String {
        let parts = ["a", "ä", "😀", "{", "}", "[", "]", ",", ":", #"\""#, #"\\"#, #"\n"#, #"\u00e4"#, " ", "\t"]
        let text = (0..<Int.random(in: 0...4, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }
        return "\"" + text.joined().replacing("\t", with: #"\t"#) + "\""
    }

    private static func space(_ random: inout SeededRandom) -> String {
        ["", "", "", " ", "\n", "\r\n", "\t "].randomElement(using: &random) ?? ""
    }

    @Test func `ends each value where it ends, whatever follows, and no earlier`() {
        var random = SeededRandom()
        for _ in 0..<300 {
            let text = Self.container(4, &random)
            let bytes = Array(text.utf8)
            #expect(JSONGrammar.accepts(bytes), "the test's own values are JSON: \(text)")
            for rest in ["", "x", "}", " {", ",", "\"", "\n"] {
                #expect(Self.verdict(bytes + Array(rest.utf8)) == .complete(end: bytes.count), "\(text)\(rest)")
            }
            for end in bytes.indices {
                #expect(Self.verdict(Array(bytes.prefix(end))) == .unfinished, "\(text) to \(end)")
            }
        }
    }

    /// What it calls complete may still be no JSON, such as a wrong number, but what is JSON it never calls broken.
    @Test func `calls no JSON broken, and nothing complete that has another end`() {
        var random = SeededRandom()
        for _ in 0..<3000 {
            var bytes = Array(Self.container(3, &random).utf8)
            for _ in 0..<Int.random(in: 1...2, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(Array("{}[],:\"\\ 1a\n".utf8).randomElement(using: &random) ?? 0, at: place)
                default: bytes.swapAt(place, Int.random(in: bytes.indices, using: &random))
                }
            }
            guard JSONGrammar.accepts(bytes), let first = bytes.first, first == 0x7B || first == 0x5B else { continue }
            let end = bytes.count - bytes.reversed().prefix { [0x20, 0x09, 0x0A, 0x0D].contains($0) }.count
            #expect(Self.verdict(bytes) == .complete(end: end), "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test(arguments: ["[", "{\"a\":"])
    func `follows values that are nested 256 deep, and no deeper`(opening: String) {
        let bytes = Array(String(repeating: opening, count: 256).utf8)
        #expect(Self.verdict(bytes) == .unfinished)
        #expect(Self.verdict(bytes + Array("[".utf8)) == .broken(at: bytes.count))
        let closing = opening == "[" ? "]" : "}"
        let whole = bytes + Array("1".utf8) + Array(String(repeating: closing, count: 256).utf8)
        #expect(Self.verdict(whole) == .complete(end: whole.count))
    }

    @Test(arguments: [
        ("12", true), ("true", true), ("-", true), ("", false), (" ", false), ("\"a\"", false), ("\"a", false),
        ("[1", false),
        ("{", false),
    ])
    func `ends a number or a word with the file`(text: String, isComplete: Bool) {
        var boundary = ValueBoundary()
        let bytes = Array(text.utf8)
        _ = boundary.read(bytes, in: 0..<bytes.count)
        #expect(boundary.end(at: bytes.count) == (isComplete ? .complete(end: bytes.count) : .unfinished))
    }
}
