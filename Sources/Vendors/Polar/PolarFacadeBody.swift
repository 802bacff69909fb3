import Events
import JSON

/// The body of an ingestion, as FastAPI reads bodies.
enum PolarFacadeBody {
    /// Why there are no events to read.
    struct Refusal: Error {
        let answer: DialectAnswer
    }

    /// The `events` of a body: an array, which may be empty.
    static func events(of request: DialectRequest) -> Result<JSONValue, Refusal> {
        guard isJSON(request.header("Content-Type")) else {
            return refused(notAnObject, ["body"], text: String(decoding: request.body, as: UTF8.self))
        }
        guard !request.body.isEmpty else { return refused(.missing, ["body"], input: Array("null".utf8)[...]) }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let body = request.body.starts(with: mark) ? Array(request.body.dropFirst(3)) : request.body
        do {
            return events(in: try JSONDocument(parsing: body).root)
        } catch {
            return .failure(Refusal(answer: answer(to: error, in: body)))
        }
    }

    private static let notAnObject = PolarFinding(
        "model_attributes_type",
        "Input should be a valid dictionary or object to extract fields from"
    )

    private static func events(in root: JSONValue) -> Result<JSONValue, Refusal> {
        guard root.kind == .object else { return refused(notAnObject, ["body"], input: root.raw) }
        guard let events = NamedMembers(["events"], of: root)[0] else {
            return refused(.missing, ["body", "events"], input: root.raw)
        }
        guard events.kind == .array else {
            return refused(
                PolarFinding("list_type", "Input should be a valid list"),
                ["body", "events"],
                input: events.raw
            )
        }
        return .success(events)
    }

    /// `application/json` and its relatives such as `application/vnd.acme+json`.
    private static func isJSON(_ type: String?) -> Bool {
        let words = type?.prefix { $0 != ";" }.lowercased().split(separator: "/").map { $0.filter { $0 != " " } } ?? []
        guard words.count == 2, words[0] == "application" else { return false }
        return words[1] == "json" || words[1].hasSuffix("+json")
    }

    private static func refused(_ finding: PolarFinding, _ place: [PolarPlace], input: ArraySlice<UInt8>)
        -> Result<JSONValue, Refusal>
    {
        .failure(Refusal(answer: PolarRefusal.answer(PolarComplaint(finding, at: place, input: input))))
    }

    private static func refused(_ finding: PolarFinding, _ place: [PolarPlace], text: String)
        -> Result<JSONValue, Refusal>
    {
        .failure(Refusal(answer: PolarRefusal.answer(PolarComplaint(finding, at: place, text: text))))
    }
}

/// Broken JSON in the words of Python's reader, placed by its count of characters.
extension PolarFacadeBody {
    private static func answer(to error: JSONError, in body: [UInt8]) -> DialectAnswer {
        guard String(validating: body, as: UTF8.self) != nil else { return PolarWords.unreadableBody }
        let (reason, offset) = words(for: error, in: body)
        let finding = PolarFinding("json_invalid", "JSON decode error", context: #"{"error":"\#(reason)"}"#)
        let characters = body.prefix(offset).count { $0 & 0xC0 != 0x80 }
        let place: [PolarPlace] = ["body", .index(characters)]
        return PolarRefusal.answer(PolarComplaint(finding, at: place, input: Array("{}".utf8)[...]))
    }

    /// The reason, fit to stand in a JSON string, and the offset of the byte that Python names.
    private static func words(for error: JSONError, in body: [UInt8]) -> (reason: String, offset: Int) {
        switch error.reason {
        case .empty: return ("Expecting value", body.count)
        case .expectedValue, .foreignWord, .malformedNumber: return ("Expecting value", error.offset)
        case .expectedKey: return ("Expecting property name enclosed in double quotes", error.offset)
        case .expectedColon: return ("Expecting ':' delimiter", error.offset)
        case .expectedComma: return ("Expecting ',' delimiter", error.offset)
        // The zero is a number by itself, behind which something else should come.
        case .leadingZero:
            return ("Expecting ',' delimiter", error.offset + (body[error.offset] == UInt8(ascii: "-") ? 2 : 1))
        case .unclosed(let kind):
            let isBare = body[(error.offset + 1)...].allSatisfy { " \t\r\n".utf8.contains($0) }
            guard isBare else { return ("Expecting ',' delimiter", body.count) }
            return (
                kind == .object ? "Expecting property name enclosed in double quotes" : "Expecting value", body.count
            )
        case .unterminatedString: return ("Unterminated string starting at", error.offset)
        case .controlCharacter: return ("Invalid control character at", error.offset)
        case .malformedEscape:
            let isUnicode = body[error.offset...].dropFirst().first == UInt8(ascii: "u")
            return isUnicode
                ? (#"Invalid \\uXXXX escape"#, error.offset + 1) : (#"Invalid \\escape"#, error.offset)
        // Polar answers half of a surrogate pair with 500; it can store none.
        case .loneSurrogate: return (#"Invalid \\uXXXX escape"#, error.offset + 1)
        case .trailingBytes: return ("Extra data", error.offset)
        case .tooDeep(let limit):
            return ("Arrays and objects stand more than \(limit) deep in one another", error.offset)
        case .tooLarge(let limit): return ("More than \(limit) bytes", error.offset)
        case .byteOrderMark, .malformedUTF8: return ("Expecting value", error.offset)
        }
    }
}
