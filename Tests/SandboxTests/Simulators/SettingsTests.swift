import Testing

@testable import Sandbox

@Suite struct SettingsTests {
    @Test(arguments: [
        ("lago", #"{"lose":1.5}"#, "lose"), ("lago", #"{"lose":0.6,"double":0.6}"#, "lose, double and alter"),
        ("polar", #"{"visible_after_ms":[5,2]}"#, "visible_after_ms"),
        ("polar", #"{"visible_after_ms":-1}"#, "visible_after_ms"),
        ("polar", #"{"visible_after_ms":99999999}"#, "visible_after_ms"), ("polar", #"{"store":"x"}"#, "store"),
        ("polar", #"{"merge_after_ms":1}"#, "merge_after_ms"), ("lago", #"{"store":"x"}"#, "store"),
        ("lago", #"{"batch":0}"#, "batch"), ("flexprice", #"{"merge_after_ms":"1"}"#, "merge_after_ms"),
        ("flexprice", #"{"environment":1}"#, "environment"), ("lago", #"{"seed":-1}"#, "seed"),
        ("lago", #"{"rate_limits":{"nothing":1}}"#, "rate_limits"), ("lago", #"{"rate_limits":7}"#, "rate_limits"),
        ("lago", #"{"rate_limits":{"other":{"requests":0}}}"#, "rate_limits.other"),
        ("lago", #"{"rate_limits":{"other":{"per":5}}}"#, "rate_limits.other"), ("lago", "[]", "object"),
    ])
    func `a bad setting is refused by name, and nothing is changed`(vendor: String, settings: String, word: String)
        throws
    {
        let probe = try VisibilityTests.probe(vendor)
        let before = probe.simulator.books.settings
        do {
            try probe.set(settings)
            Issue.record("\(settings) was taken")
        } catch let error as BadControl {
            #expect(error.reason.contains(word), "\(error.reason)")
        }
        #expect(probe.simulator.books.settings == before)
    }

    @Test func `settings are told as they can be set`() throws {
        for probe in [SimulatorProbe.lago, .polar, .flexprice] {
            let json = probe.simulator.books.settings.json(probe.simulator.traits)
            let again = try probe.simulator.books.settings.changed(by: json, probe.simulator.traits)
            #expect(again == probe.simulator.books.settings)
        }
        let probe = SimulatorProbe.lago
        try probe.set(#"{"visible_after_ms":[1,5],"rate_limits":{"other":7},"lose":0.25,"store":"clickhouse"}"#)
        let json = probe.simulator.books.settings.json(probe.simulator.traits)
        #expect(json["visible_after_ms"] == [1, 5] && json["lose"]?.number == "0.25" && json["store"] == "clickhouse")
        #expect(json["rate_limits"]?["other"] == ["requests": 7, "window_ms": 1000])
        #expect(json["rate_limits"]?["events"] == ["requests": 500, "window_ms": 1000])
    }

    @Test func `a vendor without documented limits has none to switch on`() {
        let simulator = KnetikSimulator()
        #expect(throws: BadControl.self) {
            try simulator.books.settings.changed(by: ["rate_limits": true], simulator.traits)
        }
    }
}
