import JSON
import Randomness
import Testing

@testable import Facades

/// The members that a vendor's reader finds, against those that a plain search finds.
@Suite struct NamedMembersTests {
    private enum Field: Int, MemberName {
        case id, empty, userID, properties

        static let names = spelled {
            switch $0 {
            case .id: "id"
            case .empty: ""
            case .userID: "user_id"
            case .properties: "properties"
            }
        }
    }

    /// Names as clients may write them: short of one of the fields, longer, in other cases, with escapes.
    private static let keys = [
        "id", "i", "idd", "ID", "Id", #"\u0069d"#, #"\u0069\u0064"#, "", "user_id", "USER_ID", "user-id",
        "user\u{7F}id",
        #"user\u005fid"#, "properties", "PROPERTIES", "propertieſ", "ä", #"\ud83d\ude00"#, #"\""#,
    ]
    private static let values = [
        "null", "1", "true", #""text""#, "[]", "{}", #"{"id":2}"#, #"[{"id":[null]}]"#, "1e9223372036854775807",
    ]

    private static func object(_ random: inout SplitMix) -> String {
        let members = (0..<Int.random(in: 0...8, using: &random)).map { _ in
            let key = keys.randomElement(using: &random) ?? ""
            return "\"\(key)\": \(values.randomElement(using: &random) ?? "null")"
        }
        return "{\(members.joined(separator: " , "))}"
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `finds the last member of each name, and whether there are several`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<50 {
            let text = Self.object(&random)
            let root = try JSONDocument(parsing: Array("[0, \(text), 1]".utf8)).root
            let object = try #require(Array(root.elements).dropFirst().first)
            for rules in [NamedMembers<Field>.Rules.exact, .go] {
                let found = NamedMembers<Field>(of: object, by: rules)
                for field in Field.allCases {
                    let expected = object.members.filter { member in
                        guard rules == .go else { return member.name == "\(field.text)" }
                        return !member.value.isNull
                            && member.name.utf8.elementsEqual("\(field.text)".utf8) {
                                (65...90).contains($0) ? $0 + 32 == $1 : $0 == $1
                            }
                    }
                    #expect(found[field]?.byteRange == expected.last?.value.byteRange, "\(field) of \(text)")
                    #expect(found.isRepeated(field) == (expected.count > 1), "\(field) of \(text)")
                }
            }
        }
    }

    @Test(arguments: ["null", "[]", "[1]", "\"id\"", "1", "{}"])
    func `finds nothing where there is no member`(text: String) throws {
        let found = NamedMembers<Field>(of: try JSONDocument(parsing: Array(text.utf8)).root)
        for field in Field.allCases { #expect(found[field] == nil && !found.isRepeated(field)) }
    }
}
