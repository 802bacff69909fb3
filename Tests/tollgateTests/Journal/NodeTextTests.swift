import Events
import JSON
import Testing

@testable import JournalPostgres
@testable import tollgate

/// The table of gateways that share a store.
@Suite struct NodeTextTests {
    private static let now = SystemWallClock().now

    private static func node(
        _ name: String,
        version: String = "0.1.0",
        expiresIn: Duration = .seconds(9),
        waiting: Int? = 3,
        oldest: Timestamp? = nil
    ) -> JournalStatus.Node {
        JournalStatus.Node(
            number: 1,
            name: name,
            version: version,
            format: 4,
            started: Timestamp(milliseconds: 0),
            expiresIn: expiresIn,
            isDraining: false,
            routes: [0xAB],
            accounts: 2,
            slots: 1,
            waiting: waiting,
            oldest: oldest
        )
    }

    private func cells(_ node: JournalStatus.Node) -> [String] {
        let lines = NodeText.table([node]).split(separator: "\n")
        return lines[1].split(separator: " ").map(String.init)
    }

    @Test func `has a column for each title`() {
        let row = cells(Self.node("a"))
        #expect(row == ["a", "0.1.0", "1970-01-01T00:00:00.000Z", "running", "2", "1", "3", "-", "ab"])
        #expect(NodeText.table([]).split(separator: " ").count == row.count)
    }

    @Test func `shows a dash for what a gateway has not told`() {
        let row = cells(Self.node("a", version: "", waiting: nil))
        #expect(row[1] == "-" && row[6] == "-" && row[7] == "-")
    }

    /// Clocks of gateways differ: an event of the future has no age.
    @Test(arguments: [
        (Duration.seconds(-10), "0"), (.seconds(-10_000_000), "0"), (.seconds(3 * 86_400), "72"), (.seconds(600), "10"),
    ])
    func `shows how old the oldest event is`(age: Duration, number: String) {
        let row = cells(Self.node("a", oldest: Self.now + (.zero - age)))
        // Time goes on meanwhile, and ages are rounded up.
        #expect(row[7] == number || row[7] == "\((Int(number) ?? 0) + 1)", "\(row)")
    }

    @Test func `bears the ends of the calendar`() {
        for time in [Timestamp(milliseconds: .min), Timestamp(milliseconds: .max)] {
            #expect(!NodeText.table([Self.node("a", oldest: time)]).isEmpty)
        }
    }

    @Test(arguments: [(Duration.zero, "running"), (.nanoseconds(-1), "expired"), (.seconds(-100), "expired")])
    func `calls a gateway expired once its lease has ended`(expiresIn: Duration, state: String) {
        #expect(cells(Self.node("a", expiresIn: expiresIn))[3] == state)
    }

    @Test func `lets no name forge a gateway`() {
        #expect(NodeText.table([Self.node("a\nb")]).split(separator: "\n").count == 2)
    }

    @Test func `shows six bytes of a digest, or all of a shorter one`() {
        #expect(NodeText.digest([0x00]) == "00" && NodeText.digest([0x0F, 0xF0]) == "0ff0")
        #expect(NodeText.digest([UInt8](repeating: 0xFF, count: 32)) == String(repeating: "f", count: 12))
    }
}
