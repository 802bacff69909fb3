import Access
import Events
import Testing

@testable import Dashboard

/// Every page as a browser reads it: its elements, its links, and the parts that a refresh replaces.
@Suite struct PageStructureTests {
    /// A tag as it stands in a page. Text and attributes are escaped, so that `<` begins a tag and `>` ends it.
    private struct Tag {
        let name: String
        let isEnd: Bool
        let isEmpty: Bool
        let attributes: [String: String]

        init(_ text: Substring) {
            var rest = text
            isEnd = rest.first == "/"
            if isEnd { rest = rest.dropFirst() }
            name = String(rest.prefix { $0 != " " && $0 != "/" })
            rest = rest.dropFirst(name.count)
            var attributes: [String: String] = [:]
            while true {
                rest = rest.drop { $0 == " " }
                let key = rest.prefix { $0 != "=" && $0 != " " }
                guard !key.isEmpty, key != "/" else { break }
                rest = rest.dropFirst(key.count)
                guard rest.hasPrefix("=\"") else {
                    attributes[String(key)] = ""
                    continue
                }
                let value = rest.dropFirst(2).prefix { $0 != "\"" }
                attributes[String(key)] = String(value)
                rest = rest.dropFirst(value.count + 3)
            }
            self.attributes = attributes
            isEmpty = text.hasSuffix("/") || ["meta", "link", "input", "br", "!DOCTYPE"].contains(name)
        }
    }

    private func tags(_ name: String) throws -> [Tag] {
        let sample = try #require(SamplePages.all.first { $0.name == name })
        let client = Client(name: "shop", tenant: "t", scopes: [.admin])
        let frame = PageFrame(environment: "eu", isSandbox: true, client: client, current: .events)
        let html = PageTemplates.document(sample.page("plain"), in: frame)
        return html.split(separator: "<").dropFirst(html.hasPrefix("<") ? 0 : 1).map { piece in
            Tag(piece.prefix { $0 != ">" })
        }
    }

    @Test(arguments: SamplePages.all.map(\.name))
    func `closes what it opens, in order`(name: String) throws {
        var open: [String] = []
        for tag in try tags(name) where !tag.isEmpty {
            guard tag.isEnd else {
                open.append(tag.name)
                continue
            }
            guard open.last == tag.name else {
                Issue.record("\(name): </\(tag.name)> within \(open.joined(separator: " "))")
                return
            }
            open.removeLast()
        }
        #expect(open.isEmpty)
    }

    /// A script finds the part by its id, in the page and in the answer.
    @Test(arguments: SamplePages.all.map(\.name))
    func `each part that refreshes has an id of its own, and comes from the dashboard`(name: String) throws {
        let tags = try tags(name)
        let parts = tags.filter { $0.attributes["data-refresh"] != nil }
        let ids = parts.compactMap { $0.attributes["id"] }
        #expect(ids.count == parts.count && Set(ids).count == ids.count && !ids.contains(""))
        for id in ids { #expect(tags.count { $0.attributes["id"] == id } == 1, "\(name): \(id)") }
        for part in parts {
            let address = part.attributes["data-refresh"] ?? ""
            #expect(address.isEmpty || address.hasPrefix("/dashboard"), "\(name): \(address)")
        }
        // No part is within another one, so that none is replaced twice.
        var depth: [Bool] = []
        for tag in tags where !tag.isEmpty {
            if tag.isEnd {
                _ = depth.popLast()
            } else {
                let refreshes = tag.attributes["data-refresh"] != nil
                #expect(!refreshes || !depth.contains(true), "\(name): \(tag.attributes)")
                depth.append(refreshes)
            }
        }
    }

    /// What is shown stays with the gateway: no address leads elsewhere, and no form sends elsewhere.
    @Test(arguments: SamplePages.all.map(\.name))
    func `leads to the dashboard alone`(name: String) throws {
        for tag in try tags(name) {
            for attribute in ["href", "action", "src", "formaction", "data-live"] {
                guard let address = tag.attributes[attribute] else { continue }
                #expect(address.hasPrefix("/dashboard") || address.hasPrefix("#"), "\(name): \(attribute)=\(address)")
            }
        }
    }

    @Test(arguments: SamplePages.all.map(\.name))
    func `sends what changes something by POST, and what filters by GET`(name: String) throws {
        let forms = try tags(name).filter { $0.name == "form" && !$0.isEnd }
        #expect(!forms.isEmpty, "that of signing out")
        let lists = [
            "/dashboard/events", "/dashboard/problems", "/dashboard/log", "/dashboard/live", "/dashboard/search",
        ]
        for form in forms {
            let action = form.attributes["action"] ?? ""
            if lists.contains(action) { #expect(form.attributes["method"] == nil, "\(name): \(action)") }
            #expect([nil, "post"].contains(form.attributes["method"]))
        }
    }

    @Test(arguments: SamplePages.all.map(\.name))
    func `has a title, a heading, and labels that there are`(name: String) throws {
        let tags = try tags(name)
        #expect(tags.count { $0.name == "h1" && !$0.isEnd } == 1)
        #expect(tags.count { $0.name == "main" && !$0.isEnd } == 1)
        let ids = Set(tags.compactMap { $0.attributes["id"] })
        for tag in tags {
            for attribute in ["aria-labelledby", "for", "aria-describedby", "list"] {
                for id in tag.attributes[attribute]?.split(separator: " ") ?? [] {
                    #expect(ids.contains(String(id)), "\(name): \(attribute)=\(id)")
                }
            }
            if let copied = tag.attributes["data-copy-from"] { #expect(ids.contains(String(copied.dropFirst()))) }
        }
    }

    /// The same text is in the same places, whatever the page was asked for: nothing depends on the time of rendering.
    @Test(arguments: SamplePages.all.map(\.name))
    func `is the same each time`(name: String) throws {
        let sample = try #require(SamplePages.all.first { $0.name == name })
        let frame = PageFrame(environment: nil, isSandbox: false, client: nil, current: nil)
        let first = PageTemplates.content(sample.page("plain"), in: frame)
        #expect(PageTemplates.content(sample.page("plain"), in: frame) == first)
        #expect(!first.contains("problem-count"), "nobody is signed in")
    }
}
