import JSON
import TestSupport
import Testing

/// Two texts with the same content are the same, however they are written, and any change of a value is another content.
@Suite struct JSONContentTests {
    /// A value that can be spelled in many ways.
    private indirect enum Content {
        case word(String)
        /// Of hundredths.
        case number(Int)
        case string([Unicode.Scalar])
        case array([Content])
        case object([(String, Content)])

        func spelled(_ random: inout SeededRandom) -> String {
            switch self {
            case .word(let word): return space(&random) + word
            case .number(let hundredths): return space(&random) + Self.number(hundredths, &random)
            case .string(let scalars): return space(&random) + Self.string(scalars, &random)
            case .array(let values):
                return space(&random) + "["
                    + values.map { $0.spelled(&random) + space(&random) }.joined(separator: ",") + space(&random) + "]"
            case .object(let members):
                let texts = members.shuffled(using: &random).map { name, value in
                    space(&random) + Self.string(Array(name.unicodeScalars), &random) + space(&random) + ":"
                        + value.spelled(&random) + space(&random)
                }
                return space(&random) + "{" + texts.joined(separator: ",") + space(&random) + "}"
            }
        }

        private func space(_ random: inout SeededRandom) -> String {
            ["", "", " ", "\n", "\t\r\n"].randomElement(using: &random) ?? ""
        }

        private static func number(_ hundredths: Int, _ random: inout SeededRandom) -> String {
            let zeros = String(repeating: "0", count: Int.random(in: 0...3, using: &random))
            let (sign, size) = (hundredths < 0 ? "-" : "", hundredths.magnitude)
            let rest = size % 100 < 10 ? "0\(size % 100)" : "\(size % 100)"
            let exponent = Int.random(in: -3...3, using: &random)
            return [
                "\(hundredths)e-2", "\(sign)\(size / 100).\(rest)\(zeros)", "\(hundredths).0E-02",
                hundredths == 0 ? "0e\(exponent)" : "\(hundredths)\(zeros)e\(-2 - zeros.count)",
                hundredths == 0 ? "-0.0e\(exponent)" : "\(sign)\(size / 100).\(rest)e+0",
            ].randomElement(using: &random) ?? "0"
        }

        private static func string(_ scalars: [Unicode.Scalar], _ random: inout SeededRandom) -> String {
            var text = "\""
            for scalar in scalars {
                if Bool.random(using: &random) {
                    for unit in Character(scalar).utf16 {
                        let digits = String(unit, radix: 16, uppercase: Bool.random(using: &random))
                        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                    }
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
            return text + "\""
        }

        /// Another content, different in one place.
        func changed(_ random: inout SeededRandom) -> Content {
            switch self {
            case .word(let word): return .word(word == "null" ? "false" : word == "true" ? "false" : "true")
            case .number(let hundredths): return .number(hundredths + (Bool.random(using: &random) ? 1 : -1))
            case .string(let scalars): return .string(scalars + ["z"])
            case .array(var values):
                guard let index = values.indices.randomElement(using: &random) else { return .array([.word("null")]) }
                switch Int.random(in: 0..<3, using: &random) {
                case 0: values[index] = values[index].changed(&random)
                case 1: values.remove(at: index)
                default: values.append(.word("null"))
                }
                return .array(values)
            case .object(var members):
                guard let index = members.indices.randomElement(using: &random) else {
                    return .object([("new", .word("null"))])
                }
                switch Int.random(in: 0..<3, using: &random) {
                case 0: members[index].1 = members[index].1.changed(&random)
                case 1: members.remove(at: index)
                default: members[index].0 += "z"
                }
                return .object(members)
            }
        }
    }

    private func content(_ room: Int, _ random: inout SeededRandom) -> Content {
        switch Int.random(in: 0..<(room > 0 ? 5 : 3), using: &random) {
        case 0: return .word(["true", "false", "null"].randomElement(using: &random) ?? "null")
        case 1: return .number(Int.random(in: -2000...2000, using: &random))
        case 2:
            let scalars: [Unicode.Scalar] = ["a", "é", "\u{301}", "😀", "/"]
            return .string(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in scalars.randomElement(using: &random) ?? "a" }
            )
        case 3: return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in content(room - 1, &random) })
        default:
            return .object(
                (0..<Int.random(in: 0...4, using: &random)).map { ("k\($0)é", content(room - 1, &random)) }
            )
        }
    }

    private func root(_ text: String) throws -> JSONValue { try JSONDocument(parsing: Array(text.utf8)).root }

    @Test func `sees the same content in every spelling of it, and in no other content`() throws {
        var random = SeededRandom()
        for _ in 0..<2000 {
            let content = content(3, &random)
            let (one, other) = (content.spelled(&random), content.spelled(&random))
            let changed = content.changed(&random).spelled(&random)
            let (left, right, third) = (try root(one), try root(other), try root(changed))
            #expect(JSONValue.sameContent(left, right), "seed \(SeededRandom.seed): \(one) and \(other)")
            #expect(JSONValue.sameContent(right, left) && JSONValue.sameContent(left, left))
            #expect(!JSONValue.sameContent(left, third), "seed \(SeededRandom.seed): \(one) and \(changed)")
            #expect(!JSONValue.sameContent(third, right))
        }
    }

    /// The same digits are the same even where the exponent is beyond all numbers; other digits are not, since neither can be read.
    @Test(arguments: [
        ("1e99999999999", "1e99999999999", true), ("1e99999999999", "10e99999999998", false),
        ("0e99999999999", "0", true), ("1", "\"1\"", false), ("[]", "{}", false), ("[null]", "[]", false),
        ("{\"a\":{}}", "{\"a\":[]}", false), ("\"\\u0000\"", "\"\"", false), ("\"\\/\"", "\"/\"", true),
        ("{\"a\":1,\"b\":1}", "{\"b\":1,\"c\":1}", false), ("{\"\":1}", "{\"\":1.0}", true),
    ])
    func `decides at the ends of what can be read`(left: String, right: String, isSame: Bool) throws {
        #expect(JSONValue.sameContent(try root(left), try root(right)) == isSame)
    }

    @Test func `an object with a key twice equals none, wherever it stands`() throws {
        for text in [#"{"a":1,"a":1}"#, #"[{"a":1,"\u0061":1}]"#, #"{"b":{"a":null,"a":null}}"#] {
            #expect(try !JSONValue.sameContent(root(text), root(text)))
        }
    }

    /// As deep as a text may be.
    @Test func `compares what is nested as deep as is allowed`() throws {
        let (open, close) = (String(repeating: "[", count: 63), String(repeating: "]", count: 63))
        #expect(try JSONValue.sameContent(root("\(open){\"a\":1}\(close)"), root("\(open) {\"a\":1.0}\(close)")))
        #expect(try !JSONValue.sameContent(root("\(open){\"a\":1}\(close)"), root("\(open){\"a\":2}\(close)")))
    }
}
