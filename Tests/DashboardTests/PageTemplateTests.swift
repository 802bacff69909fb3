import Access
import Events
import Foundation
import Reports
import Testing

@testable import Dashboard

@Suite struct PageTemplateTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/Dashboard")

    /// Texts that break out of HTML where they are not escaped; the last has a quotation mark that is another character with its accent.
    private static let hostile = [
        #"<script>alert(1)</script>"#, #""><img src=x onerror=alert(1)>"#, "'><svg/onload=alert(1)>",
        "</textarea></pre></title>",
        "{{title}}{{{title}}}", "&lt;&amp;&#39;", "\u{202E}text\u{2066}", "\u{1F600}\u{1F1E9}\u{1F1EA}", "a\u{0}b",
        "\"\u{0301} onfocus=alert(1) autofocus x=\"\u{0301}", "<\u{0338}b>", "javascript:alert(1)", "]]>--><!--",
    ]

    private func client(_ text: String) -> Client {
        Client(name: ClientName(text), tenant: TenantID(text + "2"), scopes: [.admin])
    }

    private func frame(_ text: String) -> PageFrame {
        PageFrame(
            environment: text,
            isSandbox: true,
            client: client(text),
            current: .events,
            problems: ProblemCount(deliveries: 1204, isLeast: true)
        )
    }

    /// How often each character stands in the text that could begin or end something.
    private func marks(_ html: String) -> [UInt8: Int] {
        var counts: [UInt8: Int] = [:]
        for byte in html.utf8 where [UInt8](#"<>"'"#.utf8).contains(byte) || byte == 0 { counts[byte, default: 0] += 1 }
        return counts
    }

    @Test(arguments: SamplePages.all.map(\.name))
    func `writes hostile text as text`(name: String) throws {
        let sample = try #require(SamplePages.all.first { $0.name == name })
        let plain = marks(PageTemplates.document(sample.page("plain"), in: frame("plain")))
        for text in Self.hostile {
            let html = PageTemplates.document(sample.page(text), in: frame(text))
            #expect(marks(html) == plain, "\(name): \(text.prefix(60))")
        }
    }

    @Test(arguments: ["sign in", "log", "event"])
    func `writes long text as text`(name: String) throws {
        let sample = try #require(SamplePages.all.first { $0.name == name })
        let plain = marks(PageTemplates.document(sample.page("plain"), in: frame("plain")))
        let text = String(repeating: "<b>&\"", count: 13_000)
        #expect(marks(PageTemplates.document(sample.page(text), in: frame("plain"))) == plain)
    }

    @Test(arguments: SamplePages.all.map(\.name))
    func `puts the same content into a document and into a refresh`(name: String) throws {
        let sample = try #require(SamplePages.all.first { $0.name == name })
        let content = PageTemplates.content(sample.page("plain"), in: frame("plain"))
        let document = PageTemplates.document(sample.page("plain"), in: frame("plain"))
        let parts = content.components(separatedBy: "<span class=\"count bad\"")
        #expect(parts.count == 2 && parts[1].contains("1,204+"), "the count of problems comes with a refresh")
        #expect(document.contains(parts[0].trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(document.contains(parts[1].trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(document.hasPrefix("<!DOCTYPE html>"))
        #expect(content.contains("<h1>") && !content.contains("<html"))
    }

    @Test func `answers every tag of every template, from the struct that is meant`() throws {
        let templates = Dictionary(TemplateFiles.all.map { ($0.name, $0.text) }) { first, _ in first }
        var entered: Set<String> = []
        var sections: Set<String> = []
        for sample in SamplePages.all {
            let page = sample.page("plain")
            var check = TemplateCheck(templates: templates)
            check.walk(type(of: page).template, [page])
            #expect(check.faults.isEmpty, "\(sample.name): \(Set(check.faults).sorted().joined(separator: "\n"))")
            entered.formUnion(check.entered)
            sections.formUnion(check.sections)
        }
        #expect(sections.subtracting(entered).isEmpty, "never shown: \(sections.subtracting(entered).sorted())")
        #expect(entered.count > 50)
    }

    @Test func `finds a tag that nothing answers`() {
        struct Inner: Sendable { let a: String }
        struct Outer: Sendable {
            let list = [Inner(a: "x")]
            let note: String? = "y"
        }
        func faults(_ template: String) -> [String] {
            var check = TemplateCheck(templates: ["T": template])
            check.walk("T", [Outer()])
            return check.faults
        }
        #expect(faults("{{#list}}{{a}}{{/list}}{{note}}").isEmpty)
        #expect(faults("{{#list}}{{b}}{{/list}}").count == 1)
        #expect(faults("{{misspelt}}").count == 1)
        #expect(faults("{{#misspelt}}{{/misspelt}}").count == 1)
        #expect(faults("{{>Missing}}").count == 1)
    }

    @Test(arguments: TemplateFiles.all.map(\.name))
    func `has no script, style or markup of others in a template`(name: String) throws {
        let text = try #require(TemplateFiles.all.first { $0.name == name }?.text)
        for match in text.matches(of: #/\{\{\{\s*([\w.]+)/#) {
            #expect(match.1.hasSuffix("Markup"), "\(name): {{{\(match.1)}}} is not markup of ours")
        }
        #expect(!text.contains("{{&"))
        #expect(!text.contains(#/\sstyle\s*=/#), "\(name): the policy blocks inline styles")
        #expect(!text.contains(#/\son[a-z]+\s*=/#), "\(name): the policy blocks inline handlers")
        #expect(!text.contains("javascript:"))
        for match in text.matches(of: #/<script([^>]*)>/#) {
            #expect(match.1.contains("src="), "\(name): inline script")
        }
        #expect(!text.contains("http://") && !text.contains("https://"), "\(name): nothing comes from elsewhere")
    }

    @Test(arguments: ["Templates", "Assets"])
    func `embeds each file of the folder, as it is`(folder: String) throws {
        let files = try FileManager.default.contentsOfDirectory(
            at: Self.folder.appending(path: folder),
            includingPropertiesForKeys: nil
        )
        let embedded =
            folder == "Assets"
            ? AssetFiles.all.map { ($0.name, $0.bytes) } : TemplateFiles.all.map { ("\($0).mustache", Array($1.utf8)) }
        #expect(Set(embedded.map(\.0)) == Set(files.map(\.lastPathComponent)))
        for file in files {
            let bytes = embedded.first { $0.0 == file.lastPathComponent }?.1
            #expect(bytes == [UInt8](try Data(contentsOf: file)), "\(file.lastPathComponent)")
        }
    }

    @Test func `gives the assets a folder that is named by their content`() throws {
        let asset = try #require(AssetFiles.asset(at: "\(AssetFiles.folder)/dashboard.css"))
        #expect(asset.contentType.hasPrefix("text/css"))
        #expect(AssetFiles.folder.wholeMatch(of: #//dashboard/assets/[0-9a-f]{16}/#) != nil)
        for path in [
            "/dashboard/assets/0000000000000000/dashboard.css", "\(AssetFiles.folder)/", "\(AssetFiles.folder)/../x",
        ] {
            #expect(AssetFiles.asset(at: path) == nil)
        }
    }

    @Test func `shows a menu of what the client's scopes allow`() {
        let reader = Client(name: "reader", tenant: "shop", scopes: [.dashboard, .readEvents])
        let html = PageTemplates.document(
            ProblemPage(title: "t", detail: "d", status: 404, requestID: "r"),
            in: PageFrame(environment: nil, isSandbox: false, client: reader, current: .events)
        )
        for screen in Screen.allCases {
            let isAllowed = screen.scope.map(reader.may) ?? true
            #expect(html.contains("\">\(screen.title)<") == isAllowed, "\(screen)")
        }
        #expect(html.contains(#"<a href="/dashboard/events" aria-current="page">Events</a>"#))
        #expect(!html.contains("is-sandbox"))
    }

    @Test(arguments: [
        (ProblemCount(deliveries: 12, isLeast: false), "12"), (ProblemCount(deliveries: 1000, isLeast: true), "1,000+"),
        (ProblemCount(deliveries: 0, isLeast: false), nil), (nil, nil),
    ])
    func `counts what waits for a person in the menu, if anything does`(count: ProblemCount?, shown: String?) {
        let frame = PageFrame(environment: nil, isSandbox: false, client: client("c"), current: nil, problems: count)
        let page = ProblemPage(title: "t", detail: "d", status: 404, requestID: "r")
        for html in [PageTemplates.document(page, in: frame), PageTemplates.content(page, in: frame)] {
            let counted = html.firstMatch(of: #/id="problem-count"[^>]*>(?:<span[^>]*>[^<]*<\/span>)?([^<]*)<\/span>/#)
            #expect(counted.map { String($0.1) } == (shown ?? ""))
        }
    }
}

/// Walks over a template with what it shows, and finds tags that no property answers.
private struct TemplateCheck {
    let templates: [String: String]
    private(set) var faults: [String] = []
    /// Sections that were shown.
    private(set) var entered: Set<String> = []
    private(set) var sections: Set<String> = []

    init(templates: [String: String]) {
        self.templates = templates
    }

    /// A tag, or a section with what is in it.
    private indirect enum Node {
        case variable(String)
        case partial(String)
        case section(String, isInverted: Bool, [Node], id: String)
    }

    mutating func walk(_ template: String, _ stack: [Any]) {
        guard let text = templates[template] else { return faults.append("no template \(template)") }
        var tags = text.matches(of: #/\{\{\{?([#^\/>]?)\s*(\*?[\w.]+)\s*\}?\}\}/#).map { (String($0.1), String($0.2)) }[
            ...
        ]
        var count = 0
        let nodes = Self.parse(&tags, template, &count)
        show(nodes, template, stack)
    }

    private static func parse(_ tags: inout ArraySlice<(String, String)>, _ template: String, _ count: inout Int)
        -> [Node]
    {
        var nodes: [Node] = []
        while let (kind, name) = tags.popFirst() {
            switch kind {
            case "#", "^":
                count += 1
                let id = "\(template) \(kind)\(name) \(count)"
                nodes.append(.section(name, isInverted: kind == "^", parse(&tags, template, &count), id: id))
            case "/": return nodes
            case ">": nodes.append(.partial(name))
            default: nodes.append(.variable(name))
            }
        }
        return nodes
    }

    private mutating func show(_ nodes: [Node], _ template: String, _ stack: [Any]) {
        for node in nodes {
            switch node {
            case .variable(let name): _ = value(name, template, stack)
            case .partial(let name): walk(name, stack)
            case .section(let name, let isInverted, let inner, let id):
                sections.insert(id)
                guard let found = value(name, template, stack) else { continue }
                let shown = Self.shown(found)
                if isInverted {
                    if shown.isEmpty { enter(id, inner, template, stack) }
                } else {
                    for object in shown { enter(id, inner, template, object is Bool ? stack : stack + [object]) }
                }
            }
        }
    }

    private mutating func enter(_ id: String, _ inner: [Node], _ template: String, _ stack: [Any]) {
        entered.insert(id)
        show(inner, template, stack)
    }

    /// What a section is shown for: each element, the value itself, or nothing.
    private static func shown(_ value: Any) -> [Any] {
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .optional { return mirror.children.first.map { shown($0.value) } ?? [] }
        if mirror.displayStyle == .collection { return mirror.children.map(\.value) }
        if let flag = value as? Bool { return flag ? [true] : [] }
        return [value]
    }

    /// The value of a name; nil, and a fault, if no property has it, or if an outer one would answer for an inner one that is nil.
    private mutating func value(_ name: String, _ template: String, _ stack: [Any]) -> Any? {
        if name == "." { return stack.last }
        let parts = name.split(separator: ".").map(String.init)
        var found: Any?
        for object in stack.reversed() {
            guard let child = Mirror(reflecting: object).children.first(where: { $0.label == parts[0] })?.value else {
                continue
            }
            if let found, Self.shown(found).isEmpty, Mirror(reflecting: found).displayStyle == .optional {
                faults.append("\(template): an outer \(name) answers where the inner one is nil")
            }
            if found == nil { found = child }
        }
        guard var value = found else {
            // The frame is given by the layout, whose own test is the document.
            faults.append("\(template): nothing answers {{\(name)}}")
            return nil
        }
        for part in parts.dropFirst() {
            guard let inner = Mirror(reflecting: value).children.first(where: { $0.label == part })?.value else {
                faults.append("\(template): nothing answers {{\(name)}}")
                return nil
            }
            value = inner
        }
        return value
    }
}
