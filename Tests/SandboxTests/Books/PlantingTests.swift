import Testing

@testable import Sandbox

@Suite struct PlantingTests {
    private let odds = Planting.Odds(lose: 0.2, double: 0.2, alter: 0.2, seed: 7)

    private func ids(_ planting: Planting, _ kind: String) -> [String] {
        planting.json[kind]?.array?.compactMap(\.string) ?? []
    }

    private func planting(_ ids: [String], _ odds: Planting.Odds) -> Planting {
        var planting = Planting()
        for id in ids { _ = planting.happening(to: id, Fingerprint(id), isStored: false, odds) }
        return planting
    }

    @Test func `draws by seed and id, whatever the order of arrival`() {
        let names = (0..<300).map { "e\($0)" }
        let (one, other) = (planting(names, odds), planting(names.reversed(), odds))
        for kind in Planting.Kind.allCases {
            #expect(Set(ids(one, kind.rawValue)) == Set(ids(other, kind.rawValue)))
            #expect((20..<120).contains(ids(one, kind.rawValue).count))
        }
        var reseeded = odds
        reseeded.seed = 8
        #expect(ids(planting(names, reseeded), "lost") != ids(one, "lost"))
    }

    @Test func `does nothing without odds`() {
        #expect(
            planting(["a", "b"], Planting.Odds()).json == ["lost": [], "doubled": [], "altered": [], "mended": []]
        )
    }

    @Test func `draws anew for an event that was lost, and calls it mended once it is stored`() {
        var planting = Planting()
        let always = Planting.Odds(lose: 1)
        for _ in 1...3 {
            #expect(planting.happening(to: "a", Fingerprint("a"), isStored: false, always) == .lost)
        }
        #expect(ids(planting, "lost") == ["a"])
        #expect(planting.happening(to: "a", Fingerprint("a"), isStored: false, Planting.Odds()) == nil)
        #expect(ids(planting, "lost").isEmpty && ids(planting, "mended") == ["a"])
    }

    @Test func `a lost event is not lost for ever at odds below one`() {
        var planting = Planting()
        let half = Planting.Odds(lose: 0.5)
        var losses = 0
        while planting.happening(to: "a", Fingerprint("a"), isStored: false, half) == .lost, losses < 1000 {
            losses += 1
        }
        #expect(losses < 1000)
    }

    @Test func `alters an altered event again, and doubles none again`() {
        var planting = Planting()
        #expect(planting.happening(to: "a", Fingerprint("a"), isStored: false, .init(alter: 1)) == .altered)
        #expect(planting.happening(to: "a", Fingerprint("a"), isStored: true, .init()) == .altered)
        #expect(planting.happening(to: "b", Fingerprint("b"), isStored: false, .init(double: 1)) == .doubled)
        #expect(planting.happening(to: "b", Fingerprint("b"), isStored: true, .init(double: 1)) == nil)
        #expect(planting.happening(to: "c", Fingerprint("c"), isStored: true, .init(lose: 1)) == nil)
    }

    @Test(arguments: [
        (#"{"p":{"n":1}}"#, #"{"p":{"n":2}}"#), (#"{"p":{"t":"x","n":"41.50"}}"#, #"{"p":{"t":"x","n":"42.50"}}"#),
        (#"{"p":{"t":"abc"}}"#, #"{"p":{"t":"ab~"}}"#), (#"{"p":{"t":"~"}}"#, #"{"p":{"t":"-"}}"#),
        (#"{"p":{"i":"id","t":"abc"}}"#, #"{"p":{"i":"id","t":"ab~"}}"#),
        (#"{"p":{"b":true}}"#, #"{"p":{"b":true,"altered":true}}"#), (#"{"a":1}"#, #"{"a":1,"p":{"altered":true}}"#),
        (
            #"{"p":{"n":-5,"m":1e3,"k":9223372036854775807,"z":7}}"#,
            #"{"p":{"n":-5,"m":1e3,"k":9223372036854775807,"z":8}}"#
        ),
    ])
    func `alters the first number, else the first text, else adds a property`(before: String, after: String) {
        #expect(SandboxJSON(before.utf8)?.altered(in: "p", id: "id").text == after)
    }
}
