import Events
import JSON

/// Reads the grammar of ``Exchange``.
struct ExchangeReader {
    private let file: String
    private var line = 0
    private var exchange = Exchange()
    private var readsBody = false

    /// - Parameter file: the name for messages.
    static func read(_ text: String, file: String) throws -> Exchange {
        var reader = ExchangeReader(file: file)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            reader.line += 1
            try reader.read(String(line))
        }
        try reader.checkWhole()
        return reader.exchange
    }

    private init(file: String) {
        self.file = file
    }

    private func fault(_ message: String, at line: Int? = nil) -> ExchangeFault {
        ExchangeFault(file: file, line: line ?? self.line, message: message)
    }

    private mutating func read(_ text: String) throws {
        if text.isEmpty || text.hasPrefix("#") { return }
        let (head, rest) = Self.split(text)
        switch head {
        case "destination:": try readDestination(rest)
        case "event:":
            let event = try ExchangeEvent.accepted(from: try json(rest)) { self.fault($0) }
            exchange.events.append(Exchange.Event(line: line, event: event))
        case "not before:": try lastEvent { $0.notBefore = Timestamp(rfc3339: rest) }
        case "untranslatable:":
            let (field, fragment) = try fragment(of: rest)
            let refusal = Exchange.Refusal(line: line, field: field, fragment: fragment ?? "")
            try lastEvent { $0.refusal = refusal }
        case ">": try readRequest(rest)
        case "<": try readAnswer(rest)
        case "=": try readOutcome(rest)
        case "!": try lastAnswer { $0.secrets.append(rest) }
        default:
            throw fault("starts with none of destination: event: not before: untranslatable: > < = ! and #")
        }
    }

    private static func split(_ text: String) -> (head: String, rest: String) {
        for head in ["destination:", "event:", "not before:", "untranslatable:", ">", "<", "=", "!"]
        where text.hasPrefix(head) {
            let rest = text.dropFirst(head.count)
            return (head, String(rest.first == " " ? rest.dropFirst() : rest))
        }
        return (text, "")
    }

    private func json(_ text: String) throws -> JSONValue {
        do {
            return try JSONDocument(parsing: Array(text.utf8)).root
        } catch {
            throw fault("is not JSON: \(error)")
        }
    }

    private func fragment(of text: String) throws -> (text: String, fragment: String?) {
        guard let colon = text.range(of: " : ") else { return (text, nil) }
        return (String(text[..<colon.lowerBound]), String(text[colon.upperBound...]))
    }

    private mutating func readDestination(_ text: String) throws {
        guard exchange.events.isEmpty else { throw fault("the destination stands before the events") }
        let root = try json(text)
        for member in root["rename"].map({ Array($0.members) }) ?? [] {
            exchange.rename[member.name.exact] = member.value.string?.exact
        }
        var values: [String: SettingValue] = [:]
        for member in root["settings"].map({ Array($0.members) }) ?? [] {
            switch member.value.kind {
            case .string: values[member.name] = .text(member.value.string ?? "")
            case .bool: values[member.name] = .flag(member.value.bool ?? false)
            case .number: values[member.name] = .number(member.value.int64.map { Int($0) } ?? 0)
            case .array: values[member.name] = .texts(member.value.elements.compactMap(\.string))
            case .null, .object: throw fault("the setting \(member.name) cannot be \(member.value.kind.phrase)")
            }
        }
        exchange.settings = DestinationSettings(values)
    }

    private mutating func lastEvent(_ change: (inout Exchange.Event) -> Void) throws {
        guard !exchange.events.isEmpty else { throw fault("there is no event above that this could be said of") }
        change(&exchange.events[exchange.events.count - 1])
    }

    private mutating func lastAnswer(_ change: (inout Exchange.Answer) -> Void) throws {
        guard !exchange.answers.isEmpty else { throw fault("there is no answer above that this could be said of") }
        change(&exchange.answers[exchange.answers.count - 1])
    }

    private mutating func readRequest(_ text: String) throws {
        if exchange.request == nil {
            let words = text.split(separator: " ")
            guard words.count == 2 || words.count == 3 else {
                throw fault("a request starts with its method and its path, and its content type unless that is JSON")
            }
            exchange.request = Exchange.Request(
                line: line,
                method: String(words[0]),
                path: String(words[1]),
                contentType: words.count == 3 ? String(words[2]) : "application/json"
            )
        } else if exchange.request?.body == nil {
            exchange.request?.body = text
        } else {
            throw fault("a request has one line of method and path, and one of body")
        }
    }

    private mutating func readAnswer(_ text: String) throws {
        if let answer = exchange.answers.last, answer.outcomes.isEmpty {
            return try continueAnswer(text)
        }
        guard let status = Int(text) else { throw fault("an answer starts with its status") }
        exchange.answers.append(Exchange.Answer(line: line, status: status))
        readsBody = false
    }

    private mutating func continueAnswer(_ text: String) throws {
        if readsBody {
            return try lastAnswer { $0.body = $0.body.map { "\($0)\n\(text)" } ?? text }
        }
        if text.isEmpty {
            readsBody = true
            return
        }
        guard let colon = text.firstIndex(of: ":") else {
            throw fault("a header field has a colon; an empty line ends them")
        }
        let value = text[text.index(after: colon)...].drop { $0 == " " }
        try lastAnswer { $0.headers.append((name: String(text[..<colon]), value: String(value))) }
    }

    private mutating func readOutcome(_ text: String) throws {
        let (words, fragment) = try fragment(of: text)
        let expectation = Exchange.Expectation(line: line, text: words, fragment: fragment)
        try lastAnswer { $0.outcomes.append(expectation) }
    }

    private func checkWhole() throws {
        let translated = exchange.events.count { $0.refusal == nil }
        guard !exchange.events.isEmpty else { throw fault("has no event") }
        if translated > 0, exchange.request?.body == nil { throw fault("has no request, with a line of body") }
        if translated == 0, exchange.request != nil {
            throw fault("no event can be translated, so there is no request")
        }
        for answer in exchange.answers {
            let words = answer.outcomes.first?.text ?? ""
            let isOne = words.hasPrefix("all ") || words.hasPrefix("unnamed ")
            guard answer.outcomes.count == (isOne ? 1 : translated) else {
                throw fault(
                    "the answer has \(answer.outcomes.count) outcomes for \(translated) events",
                    at: answer.line
                )
            }
        }
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<Index>? {
        self.firstRange(of: text)
    }
}
