import Randomness
import Testing

@testable import Dashboard

/// Pictures of any routes: boxes in their columns, and lines from box to box.
@Suite struct RoutePicturePropertyTests {
    private static let events: [Int?] = [nil, 0, 5, .max, .min]

    private func nodes(_ count: Int, _ name: String) -> [RoutePicture.Node] {
        (0..<count).map { RoutePicture.Node(name: "\(name)\($0)", note: $0.isMultiple(of: 2) ? "" : "n") }
    }

    private func numbers(_ markup: String, _ name: String, behind mark: String) -> [Double] {
        markup.split(separator: mark).dropFirst().compactMap { piece in
            String(piece).attribute(name).flatMap { Double($0.hasSuffix("%") ? String($0.dropLast()) : $0) }
        }
    }

    @Test(arguments: 1...20)
    func `boxes and lines are inside, whatever leads where`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let counts = (0..<3).map { _ in Int.random(in: 0...70, using: &random) }
        func links(_ left: Int, _ right: Int) -> [RoutePicture.Link] {
            (0..<30).map { number in
                RoutePicture.Link(
                    from: Int.random(in: -1...(left + 1), using: &random),
                    to: Int.random(in: -1...(right + 1), using: &random),
                    events: Self.events.randomElement(using: &random) ?? nil,
                    style: .mirror,
                    title: "l\(number)"
                )
            }
        }
        let (first, second) = (links(counts[0], counts[1]), links(counts[1], counts[2]))
        let picture = RoutePicture(
            id: "p",
            clients: nodes(counts[0], "c"),
            routes: nodes(counts[1], "r"),
            providers: nodes(counts[2], "p"),
            fromClients: first,
            toProviders: second
        )
        let markup = picture.markup
        let drawn = counts.map { min($0, 60) }
        let height = try #require(markup.attribute("height", behind: "<svg").flatMap { Double($0) })
        #expect(height == 24 + 60 * Double(max(drawn.max() ?? 0, 1)))
        let tops = numbers(markup, "y", behind: "<svg class=\"node\"")
        #expect(tops.count == drawn.reduce(0, +) && tops.allSatisfy { (24...(height - 44)).contains($0) })
        #expect(numbers(markup, "x", behind: "<svg class=\"node\"").allSatisfy { [0, 37, 74].contains($0) })
        let widths = numbers(markup, "stroke-width", behind: "<path class=\"link")
        #expect(widths.allSatisfy { (1.5...10).contains($0) })
        func isDrawn(_ link: RoutePicture.Link, _ left: Int, _ right: Int) -> Bool {
            (0..<left).contains(link.from) && (0..<right).contains(link.to)
        }
        let lines =
            first.count { isDrawn($0, drawn[0], drawn[1]) } + second.count { isDrawn($0, drawn[1], drawn[2]) }
        #expect(widths.count == lines)
        let hidden = counts.reduce(0, +) - drawn.reduce(0, +)
        #expect(markup.contains("more are in the file below") == (hidden > 0))
        if hidden > 0 { #expect(markup.contains(">\(hidden) more are in the file below.<")) }
        #expect(!markup.contains("nan") && !markup.contains("inf"))
    }

    @Test func `a box without an address is no link, and its note is a second line`() {
        let node = RoutePicture.Node(name: "a<b", note: "n & m", address: "/x?a=1&b=2")
        let plain = RoutePicture.Node(name: "c", note: "")
        let picture = RoutePicture(
            id: "p",
            clients: [node],
            routes: [plain],
            providers: [],
            fromClients: [],
            toProviders: []
        )
        let markup = picture.markup
        #expect(markup.contains("<a href=\"/x?a=1&amp;b=2\"><title>a&lt;b: n &amp; m</title>"))
        #expect(markup.count(of: "<a ") == 1 && markup.contains("<title>c</title>"))
        #expect(markup.count(of: "class=\"note\"") == 1)
        #expect(markup.contains(">No routes.</desc>"))
    }
}
