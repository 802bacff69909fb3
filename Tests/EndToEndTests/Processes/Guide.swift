import Foundation

/// A page of the documentation, as Markdown.
struct Guide {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The README and all pages beside the code, by their paths.
    static let all: [String] = {
        let files = FileManager.default.enumerator(atPath: root.appending(path: "Sources").path)?.allObjects ?? []
        let pages = files.compactMap { $0 as? String }.filter { $0.contains(".docc/") && $0.hasSuffix(".md") }
        return ["README.md"] + pages.map { "Sources/" + $0 }.sorted()
    }()

    let text: String

    init(_ path: String) throws {
        text = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
    }

    /// What stands in the code blocks of this language.
    func blocks(_ language: String) -> [String] {
        var blocks: [String] = []
        var lines: [Substring]?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "```\(language)" {
                lines = []
            } else if line == "```" {
                if let lines { blocks.append(lines.joined(separator: "\n")) }
                lines = nil
            } else {
                lines?.append(line)
            }
        }
        return blocks
    }
}
