import JSON
import TestSupport
import Testing

/// The writer against a printer that joins texts, on random values; and each kind of member.
@Suite struct JSONWriterPropertyTests {
    /// A value, and how it is written.
    private indirect enum Value {
        case null
        case bool(Bool)
        case integer(Int)
        case unsigned(UInt64)
        case number(String)
        case string(String)
        case raw(String)
        case array([Value])
        case object([(String, Value)])

        var text: String {
            switch self {
            case .null: "null"
            case .bool(let flag): flag ? "true" : "false"
            case .integer(let number): "\(number)"
            case .unsigned(let number): "\(number)"
            case .number(let digits): digits
            case .string(let text): Value.quoted(text)
            case .raw(let json): json
            case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
            case .object(let members):
                "{" + members.map { Value.quoted($0.0) + ":" + $0.1.text }.joined(separator: ",") + "}"
            }
        }

        /// Scalar by scalar, by the table of RFC 8259.
        private static func quoted(_ text: String) -> String {
            let short: [Unicode.Scalar: String] = [
                "\"": "\\\"", "\\": "\\\\", "\u{8}": "\\b", "\u{C}": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t",
            ]
            var quoted = "\""
            for scalar in text.unicodeScalars {
                if let escape = short[scalar] {
                    quoted += escape
                } else if scalar.value < 0x20 {
                    let digits = String(scalar.value, radix: 16)
                    quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    quoted.unicodeScalars.append(scalar)
                }
            }
            return quoted + "\""
        }
    }

    private func value(_ room: Int, _ random: inout SeededRandom) -> Value {
        switch Int.random(in: 0..<(room > 0 ? 9 : 7), using: &random) {
        case 0: .null
        case 1: .bool(.random(using: &random))
        case 2: .integer(Int.random(in: .min ... .max, using: &random) >> Int.random(in: 0..<64, using: &random))
        case 3: .unsigned(.random(in: .min ... .max, using: &random))
        case 4: .number("-\(Int.random(in: 0...99, using: &random)).50e+0\(Int.random(in: 0...9, using: &random))")
        case 5: .string(text(&random))
        case 6: .raw(["{ \"a\" : [1 , 2] }", "[]", "1E5"].randomElement(using: &random) ?? "0")
        case 7: .array((0..<Int.random(in: 0...4, using: &random)).map { _ in value(room - 1, &random) })
        default:
            .object(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in (text(&random), value(room - 1, &random)) }
            )
        }
    }

    private func text(_ random: inout SeededRandom) -> String {
        let letters = [
            "a", "é", "\"", "\\", "/", "\u{0}", "\u{1F}", "\u{7F}", "\n", "\u{301}", "😀", "\u{2028}", "x", "y",
        ]
        return (0..<Int.random(in: 0...20, using: &random)).map { _ in letters.randomElement(using: &random) ?? "" }
            .joined()
    }

    private func write(_ value: Value, to writer: inout JSONWriter) {
        switch value {
        case .null: writer.null()
        case .bool(let flag): writer.bool(flag)
        case .integer(let number): writer.integer(number)
        case .unsigned(let number): writer.integer(number)
        case .number(let digits): writer.number(digits)
        case .string(let text): writer.string(text)
        case .raw(let json): writer.raw(Array(json.utf8))
        case .array(let values):
            writer.beginArray()
            for value in values { write(value, to: &writer) }
            writer.endArray()
        case .object(let members):
            writer.beginObject()
            for (name, value) in members {
                writer.key(name)
                write(value, to: &writer)
            }
            writer.endObject()
        }
    }

    @Test func `writes any value as its parts joined, and a reader takes it`() throws {
        var random = SeededRandom()
        for _ in 0..<2000 {
            let value = value(4, &random)
            var writer = JSONWriter(capacity: 0)
            write(value, to: &writer)
            #expect(
                writer.bytes.elementsEqual(value.text.utf8),
                "seed \(SeededRandom.seed): \(String(decoding: writer.bytes, as: UTF8.self))"
            )
            #expect(throws: Never.self) { _ = try JSONDocument(parsing: writer.bytes) }
        }
    }

    @Test func `writes members of each kind`() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("text", string: "a\"b")
        writer.member("some", stringOrNull: "x")
        writer.member("none", stringOrNull: nil)
        writer.member("small", integer: Int8.min)
        writer.member("large", integer: UInt64.max)
        writer.member("flag", bool: false)
        writer.member("list", strings: ["", "\n", "é"])
        writer.member("empty", strings: [])
        writer.member("raw", raw: Array("[ 1 ]".utf8)[...])
        writer.endObject()
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"text":"a\"b","some":"x","none":null,"small":-128,"large":18446744073709551615,"flag":false,"#
                + #""list":["","\n","é"],"empty":[],"raw":[ 1 ]}"#
        )
    }

    @Test(arguments: [0, 1, 9, 10, 99, 100, 999_999_999_999_999_999, 1_000_000_000_000_000_000])
    func `writes integers with as many digits as they have`(magnitude: Int) {
        for number in [magnitude, -magnitude] {
            var writer = JSONWriter()
            writer.beginArray()
            writer.integer(number)
            writer.integer(Int64(number))
            writer.integer(number)
            writer.endArray()
            #expect(String(decoding: writer.bytes, as: UTF8.self) == "[\(number),\(number),\(number)]")
        }
    }

    /// Text of which none needs an escape is filled in place, behind a value, behind a key, and as the first of all.
    @Test(arguments: [0, 1, 24, 300])
    func `fills in plain bytes wherever a string may stand`(count: Int) {
        let text = String(repeating: "7", count: count)
        func fill(_ memory: UnsafeMutableBufferPointer<UInt8>) { memory.initialize(repeating: UInt8(ascii: "7")) }
        var writer = JSONWriter()
        writer.beginArray()
        writer.string(plainBytes: count, fill)
        writer.string(plainBytes: count, fill)
        writer.beginObject()
        writer.key("k")
        writer.string(plainBytes: count, fill)
        writer.member("l", integer: 1)
        writer.endObject()
        writer.string(plainBytes: count, fill)
        writer.endArray()
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"["\#(text)","\#(text)",{"k":"\#(text)","l":1},"\#(text)"]"#
        )
        #expect(!writer.hasEscapes)
    }
}
