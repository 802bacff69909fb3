import Foundation
import Testing

/// Holds initialisers to a number of parameters that a reader of a call can follow.
@Suite struct InitialiserTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    /// What belongs together is a value of its own instead of another parameter.
    private static let most = 8
    /// Plain data whose fields are named one by one where they are read: events, rows, conditions of a filter.
    private static let wider = [
        "Sources/Events/AcceptedEvent.swift": 11, "Sources/Events/CanonicalEvent.swift": 9,
        "Sources/Events/Delivery.swift": 13, "Sources/Events/EventSearch.swift": 10,
        "Sources/Events/VendorEvent.swift": 9, "Sources/Journal/DeliveryFilter.swift": 10,
        "Sources/JournalFormat/Moving/MovableJournal.swift": 9, "Sources/ParityRuns/ParityRunner.swift": 9,
    ]

    @Test func `has no more parameters than a call can be read with`() throws {
        let walk = FileManager.default.enumerator(
            at: Self.root.appending(path: "Sources"),
            includingPropertiesForKeys: nil
        )
        var widest: [String: Int] = [:]
        var count = 0
        for case let file as URL in try #require(walk) where file.pathExtension == "swift" {
            let path = String(file.path.dropFirst(Self.root.path.count + 1))
            for initialiser in SwiftCode(try String(contentsOf: file, encoding: .utf8)).initialisers {
                count += 1
                widest[path] = max(widest[path] ?? 0, initialiser.parameters)
                #expect(
                    initialiser.parameters <= Self.wider[path] ?? Self.most,
                    "\(path):\(initialiser.line): \(initialiser.parameters) parameters"
                )
            }
        }
        #expect(count > 1000, "initialisers are found at all")
        for (path, parameters) in Self.wider {
            #expect(widest[path] == parameters, "\(path) has fewer now: write that down here")
        }
    }

    @Test(arguments: [
        ("init() {}", [0]), ("init(a: Int, b: Int) {}", [2]), ("package init?(_ a: Int,\n    b: Int,\n) {}", [2]),
        ("init<A, B>(a: A, b: B, c: [A: B]) {}", [3]), ("init!(a: (Int, Int), b: [Int] = [1, 2]) {}", [2]),
        ("init(a: Dictionary<Int, Int>, b: @escaping (Int, Int) -> Result<Int, Fault>, c: Int) {}", [3]),
        ("init(a: Int = 1 << 20, b: Bool = 1 < 2, c: Int) {}", [3]),
        (#"init(a: String = "x, y (\(list(1, "2, 3"))", b: Int) {}"#, [2]),
        ("init(a: String = #\"\\(\", \"#, b: Int) {}", [2]),
        ("init(a: String = \"\"\"\n  \", x\n  \"\"\", b: Int) {}", [2]),
        ("init(a: Int, // and, more, (\n  /* this, */ b: Int) {}", [2]),
        ("let regex = #/[\"(]/#\ninit(a: Int) {}", [1]), ("init(first: Int) { self.init(a: 1, b: 2, c: 3) }", [1]),
        ("reinit(a: 1, b: 2); .init(a: 1); let text = \"init(a: Int)\" // init(a: Int)", []),
        ("let initial = (1, 2); initial(1, 2)", []),
    ])
    func `counts the parameters of what is declared`(code: String, counts: [Int]) {
        #expect(SwiftCode(code).initialisers.map(\.parameters) == counts)
    }

    @Test func `knows the line of an initialiser`() {
        let code =
            "/* a\n   b */\nstruct A {\n    let a = \"\"\"\n        init(\n        \"\"\"\n    init(a: Int) {}\n}"
        #expect(SwiftCode(code).initialisers == [SwiftCode.Initialiser(line: 7, parameters: 1)])
    }
}
