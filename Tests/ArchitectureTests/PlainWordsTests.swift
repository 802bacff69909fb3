import Foundation
import Testing

/// Keeps phrases that read as translated out of what people read: error texts, help, logs, the OpenAPI document and the guides.
@Suite struct PlainWordsTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// A phrase that is no longer used, and the standard term for it.
    private static let phrases = [
        ("again and again", "retries"), ("way out", "how to fix it"),
        ("nobody knows", "unknown outcome"), ("taken over", "reloaded"), ("takes over", "reloads"),
        ("given up", "closed, discarded or timed out"), ("gives up", "closes, discards or times out"),
        ("the least level", "minimum log level"), ("at the most", "maximum, at most"),
        ("go on behind", "continue from this cursor"), ("more than it may", "rate limit exceeded"),
        ("did not come", "timed out"), ("of your own belong", "custom fields"), ("without a word", "by default"),
        ("under way", "in flight"), ("overlap is over", "overlap ends"), ("the good ones", "the valid events"),
        ("say what there is", "show this help"), ("in force stay", "stay active"), ("stands twice", "is duplicated"),
        ("stand twice", "are duplicated"), ("becomes of", "happens to"), ("there are more:", "more results"),
        ("a line to paste", "a command"), ("whole number", "integer"), ("stands in routes.json", "is in routes.json"),
        ("stand in routes.json", "are in routes.json"), ("event a line", "event per line"),
        ("object a line", "object per line"), ("are left alone", "are not changed"), ("by heart", "cached"),
        ("in a moment", "later"), ("this moment", "this time"), ("first moment", "when"), ("is no endpoint", "is not"),
        ("is no parameter", "is not a parameter"), ("shown this once", "not shown again"),
        ("simply arrive", "fail, or retry"), ("the vendor's words", "the vendor's message"),
        ("what it sets up", "summary"), ("gave up", "timed out"), ("is none of a", "is not from a"),
        ("that is meant", "(leave it out)"), ("no longer knows", "no longer has"),
        ("does not have any more", "no longer has"),
        ("name another", "use another"), ("is taken over", "is reloaded"), ("sent anew", "sent again"),
        ("is there already", "already exists"), ("there is no backfill", "no backfill has the number"),
        ("broke the connection off", "closed the connection early"), ("look at the page", "see"),
        ("refuses the question", "refuses the request"), ("cannot be asked", "cannot be read"),
        ("makes a site of", "builds a site from"), ("a relative", "a derivative"), ("is gone", "was removed"),
        ("by hand", "manually"), ("passed over", "skipped"), ("told apart", "distinguished"),
        ("takes no more", "accepts no more"), ("is over", "has ended"), ("not taken:", "not included:"),
    ]

    /// A phrase that comments no longer use, and the plain one. Code in backticks is not checked.
    private static let phrasesOfComments = [
        ("told apart", "distinguished"), ("anew", "again"), ("without a word", "silently"), ("in silence", "silently"),
        ("is none of ours", "is not ours"), ("what became of", "the outcome of"),
        ("what becomes of", "what happens to"),
        ("under way", "in flight"), ("passed over", "skipped"), ("good ones", "valid ones"),
        ("bad ones", "invalid ones"),
        ("one event a request", "one event per request"),
        ("one result an event", "one result per event"), ("one outcome an event", "one outcome per event"),
        ("as it came in", "as received"), ("may be told in", "settings of"), ("truth values", "booleans"),
        ("again and again", "repeatedly, or retries"), ("way out", "how to fix it"),
        ("taken over", "reloaded, adopted or added"), ("takes over", "reloads, adopts or adds"),
        ("in words", "for people, or as text"), ("nobody knows", "is unknown"),
        ("may not", "must not, is not allowed to, or might not"), ("goes off", "fires"),
        ("the least level", "minimum level"), ("the least time", "the earliest time"), ("from the least", "lowest"),
        ("the most at", "at most"), ("at the most", "at most"),
        ("how many at", "maximum number of"), ("given up", "discarded, closed or released"),
        ("gives up", "discards, closes or releases"), ("give up", "discard, close or release"),
        ("gave up", "discarded, closed or released"), ("did not come", "timed out, or did not arrive"),
        ("does not come", "times out, or does not arrive"), ("do not come", "do not arrive"),
        ("in vain", "without effect, or needlessly"), ("stands twice", "occurs twice"),
        ("stand twice", "occur twice"), ("become of", "happen to"), ("becomes of", "happens to"),
        ("became of", "the outcome of"), ("in a moment", "later"), ("this moment", "now, or this time"),
        ("by heart", "cached"), ("is gone", "was removed, or has ended"), ("are gone", "were removed, or have ended"),
        ("by hand", "manually"), ("knows of no", "starts without"), ("up to now", "until now"),
        ("goes again", "is sent again"), ("go again", "are sent again"), ("all the same", "anyway"),
        ("broke off", "ended early"), ("breaks off", "ends early"), ("lets go of", "releases"),
        ("nobody has looked", "unknown, or not checked yet"), ("line a request", "line per request"),
        ("one delivery a destination", "one delivery per destination"), ("events a second", "events per second"),
        ("member a line", "member per line"), ("whatever came of it", "whatever its result"),
        ("what came of", "the result of"), ("time is over", "time has passed"),
        ("told of everything", "gets everything"),
        ("sees to it that", "makes sure that"),
        ("says so of", "says this about"), ("tells apart", "distinguishes"), ("a moment later", "soon after"),
    ]

    /// One piece of text that people read.
    private struct Passage: Sendable {
        let origin: String
        let text: String
    }

    /// String literals of the sources; those of the simulators and facades, which repeat the vendors' texts, are not ours to choose.
    private static func literals() throws -> [Passage] {
        try files(below: "Sources", type: "swift").flatMap { file -> [Passage] in
            let path = file.path.dropFirst(root.path.count + 1)
            guard !path.hasPrefix("Sources/Sandbox/"), !path.hasPrefix("Sources/tollgate-bench/") else { return [] }
            var isInside = false
            let lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
            return lines.enumerated().compactMap { number, line in
                let quotes = line.components(separatedBy: #"""""#).count - 1
                defer { if quotes % 2 == 1 { isInside.toggle() } }
                let isComment = !isInside && line.trimmingCharacters(in: .whitespaces).hasPrefix("//")
                guard !isComment, isInside || line.contains("\""), !line.contains("precondition") else { return nil }
                return Passage(origin: "\(path):\(number + 1)", text: line)
            }
        }
    }

    /// The lines of the README and of the guides.
    private static func documents() throws -> [Passage] {
        let guides = try files(below: "Sources", type: "md") + files(below: ".github", type: "md")
        return try ([root.appending(path: "README.md")] + guides).flatMap { file -> [Passage] in
            let path = file.path.dropFirst(root.path.count + 1)
            return try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n").enumerated().map {
                Passage(origin: "\(path):\($0 + 1)", text: $1)
            }
        }
    }

    private static func files(below folder: String, type: String) throws -> [URL] {
        let walk = FileManager.default.enumerator(at: root.appending(path: folder), includingPropertiesForKeys: nil)
        return walk?.compactMap { $0 as? URL }.filter { $0.pathExtension == type } ?? []
    }

    @Test func `uses standard terms in all texts for people`() throws {
        let passages = try Self.literals() + Self.documents()
        #expect(passages.count > 5000)
        for passage in passages {
            let text = passage.text.lowercased()
            for (phrase, term) in Self.phrases where text.contains(phrase) {
                Issue.record("\(passage.origin): \"\(phrase)\"; write: \(term)")
            }
        }
    }

    @Test func `uses standard terms in comments`() throws {
        var comments = 0
        for file in try Self.files(below: "Sources", type: "swift") {
            let path = file.path.dropFirst(Self.root.path.count + 1)
            let lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
            for (number, line) in lines.enumerated() where line.trimmingCharacters(in: .whitespaces).hasPrefix("//") {
                comments += 1
                let text = line.lowercased().replacing(/`[^`]*`/, with: "")
                for (phrase, term) in Self.phrasesOfComments where text.contains(phrase) {
                    Issue.record("\(path):\(number + 1): \"\(phrase)\"; write: \(term)")
                }
            }
        }
        #expect(comments > 5000)
    }

    @Test func `has no line over 120 columns in the README and the guides, rows of tables apart`() throws {
        for line in try Self.documents() where line.text.count > 120 && !line.text.hasPrefix("|") {
            Issue.record("\(line.origin): \(line.text.count) columns")
        }
    }
}
