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

    /// The folder of the page, from the root.
    private let folder: String

    init(_ path: String) throws {
        folder = path.split(separator: "/").dropLast().joined(separator: "/")
        text = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
    }

    /// The pages that this one links to, by their paths from the root; without the sections that the links name.
    var links: [String] {
        text.matches(of: /\]\(([^)#:]+\.md)[^)]*\)/).map { match in
            var steps = folder.split(separator: "/")
            for step in match.1.split(separator: "/") where step != "." {
                if step == ".." { _ = steps.popLast() } else { steps.append(step) }
            }
            return steps.joined(separator: "/")
        }
    }

    /// The contents of the code blocks of this language.
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
