import JSON
import Testing

/// What people read of a text that is not JSON: the reason in one sentence, and the place.
@Suite struct JSONErrorTests {
    private func error(_ text: String, limits: JSONLimits = JSONLimits()) throws -> JSONError {
        do throws(JSONError) {
            _ = try JSONDocument(parsing: Array(text.utf8), limits: limits)
        } catch {
            return error
        }
        Issue.record("\(text) is JSON")
        throw CancellationError()
    }

    @Test(arguments: [
        ("", "line 1, column 1: the text is empty"), (" \n\t", "line 2, column 2: the text is empty"),
        ("\u{FEFF}1", "line 1, column 1: the text starts with a byte order mark; send UTF-8 without one"),
        (
            "[x]",
            "line 1, column 2: expected a value (an object, an array, a string, a number, true, false or null)"
        ),
        ("{1:2}", "line 1, column 2: expected a key in double quotes"),
        ("{\"a\";1}", "line 1, column 5: expected a colon after the key"),
        ("{\"a\":1;}", "line 1, column 7: expected a comma or the closing brace of the object"),
        ("[1;]", "line 1, column 3: expected a comma or the closing bracket of the array"),
        ("[1\n,{", "line 2, column 2: the object that starts here is never closed"),
        ("{\"a\":[", "line 1, column 6: the array that starts here is never closed"),
        ("[\"a]", "line 1, column 2: the string that starts here is never closed"),
        ("\"\u{1}\"", "line 1, column 2: control character 01 in a string; write it as an escape"),
        ("\"\u{1F}\"", "line 1, column 2: control character 1F in a string; write it as an escape"),
        (
            #""\q""#,
            "line 1, column 2: a backslash must be followed by one of \" \\ / b f n r t, or by u and four hexadecimal digits"
        ),
        (
            #""\uD83d""#,
            "line 1, column 2: \\uD83D is half of a surrogate pair without its other half"
        ),
        (#""a\udc00""#, "line 1, column 3: \\uDC00 is half of a surrogate pair without its other half"),
        ("[-]", "line 1, column 2: a number must have digits, also after a point and in an exponent"),
        ("-00", "line 1, column 1: a number must not start with a zero that other digits follow"),
        ("{} {}", "line 1, column 4: more text after the value has ended"),
        ("[None]", "line 1, column 2: None is not JSON; send null, or leave the field out"),
        ("[True]", "line 1, column 2: True is not JSON; write true"),
        ("[-Infinity]", "line 1, column 2: -Infinity is not JSON; send null, or leave the field out"),
    ])
    func `says what is wrong and where`(text: String, description: String) throws {
        #expect(try error(text).description == description)
    }

    @Test func `names the limit that was exceeded`() throws {
        #expect(
            try error("[[[1]]]", limits: JSONLimits(depth: 2)).description
                == "line 1, column 3: arrays and objects are nested more than 2 levels deep"
        )
        #expect(
            try error("[1,2]", limits: JSONLimits(bytes: 4)).description
                == "line 1, column 1: the text is longer than 4 bytes"
        )
    }

    /// 64 levels are allowed where nobody says otherwise, of either kind of container.
    @Test(arguments: [("[", "]"), ("{\"k\":", "}"), ("[{\"k\":", "}]")])
    func `allows 64 levels by default`(open: String, close: String) throws {
        let width = open.hasPrefix("[{") ? 2 : 1
        let count = 64 / width
        let nested = String(repeating: open, count: count) + "0" + String(repeating: close, count: count)
        let root = try JSONDocument(parsing: Array(nested.utf8)).root
        #expect(root.depth == 64)
        let error = try error(String(repeating: open, count: count) + "[0]" + String(repeating: close, count: count))
        #expect(error.reason == .tooDeep(limit: 64))
        #expect(error.offset == open.utf8.count * count)
    }

    @Test(
        arguments: [
            ("tRUE", nil), ("fALSE", nil), ("nULL", nil), ("infinity", nil), ("none", nil), ("Undefined", nil),
            ("-i", nil),
            ("N", nil), ("NaN", "send null"), ("nan", "send null"), ("-NaN", "send null"), ("-nan", "send null"),
            ("Infinity", "send null"), ("inf", "send null"), ("-inf", "send null"), ("Inf", "send null"),
            ("-Inf", "send null"), ("nil", "send null"), ("NULL", "send null"), ("Null", "send null"),
            ("undefined", "send null"), ("TRUE", "write true"), ("False", "write false"), ("FALSE", "write false"),
        ] as [(String, String?)]
    )
    func `recognizes the words of other languages, and only whole ones`(word: String, advice: String?) throws {
        for text in ["[\(word)]", "{\"k\": \(word)}", word, "[\(word), 1]"] {
            let message = try error(text).message
            #expect(message.contains("is not JSON; ") == (advice != nil), "\(text): \(message)")
            if let advice { #expect(message.hasPrefix("\(word) is not JSON; \(advice)")) }
        }
        for text in ["[\(word)x]", "[x\(word)]"] { #expect(try !error(text).message.contains("is not JSON")) }
    }

    /// A column is a scalar, whatever a person sees: an emoji of several, a combining mark, a carriage return.
    @Test(arguments: [
        ("[\"e\u{301}\",x]", 1, 7), ("[\"👨‍👩‍👧\",x]", 1, 10), ("[1,\r\nx]", 2, 1), ("[1,\rx]", 1, 5), ("\n\n\n x", 4, 2),
        ("[\"\u{2028}\",x]", 1, 6),
    ])
    func `counts lines by line feeds and columns by scalars`(text: String, line: Int, column: Int) throws {
        #expect(try error(text).position == JSONPosition(line: line, column: column))
    }

    @Test func `places have the order of reading`() {
        let places = [(1, 1), (1, 9), (2, 1), (10, 3)].map { JSONPosition(line: $0.0, column: $0.1) }
        for (index, place) in places.enumerated() {
            for (other, second) in places.enumerated() { #expect((place < second) == (index < other)) }
        }
    }

    @Test(arguments: [
        ("null", "null"), ("true", "true or false"), ("1", "a number"), ("\"\"", "a string"), ("[]", "an array"),
        ("{}", "an object"),
    ])
    func `names each kind of value with its article`(text: String, phrase: String) throws {
        #expect(try JSONDocument(parsing: Array(text.utf8)).root.kind.phrase == phrase)
    }

    @Test func `gives the place of a value within its text`() throws {
        let root = try JSONDocument(parsing: Array("{\n  \"é\": [1,\n 2]}".utf8)).root
        let list = try #require(root["é"])
        #expect(list.position == JSONPosition(line: 2, column: 8))
        #expect(list.elements.map(\.position) == [JSONPosition(line: 2, column: 9), JSONPosition(line: 3, column: 2)])
        #expect(list.byteRange.count == list.raw.count && String(decoding: list.raw, as: UTF8.self) == "[1,\n 2]")
    }
}
