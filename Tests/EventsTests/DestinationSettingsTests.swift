import Events
import TestSupport
import Testing

@Suite struct DestinationSettingsTests {
    private static let values: [SettingValue] = [
        .text("x"), .text(""), .flag(true), .flag(false), .number(0), .number(.min), .texts([]), .texts(["a", "b"]),
    ]

    /// Each kind of value, read as each kind: only its own reader finds it.
    @Test(arguments: values)
    func `reads a value as its own kind, and as no other`(value: SettingValue) {
        let settings = DestinationSettings(["s": value])
        var (text, flag, number, texts): (String?, Bool, Int?, [String]) = (nil, false, nil, [])
        switch value {
        case .text(let own): text = own
        case .flag(let own): flag = own
        case .number(let own): number = own
        case .texts(let own): texts = own
        }
        #expect(settings.text("s") == text && settings.flag("s") == flag)
        #expect(settings.number("s") == number && settings.texts("s") == texts)
        #expect(settings.template("s")?.source == text)
        #expect(settings.text("t") == nil && !settings.flag("t") && settings.number("t") == nil)
        #expect(settings.texts("t").isEmpty && settings.template("t") == nil)
    }

    @Test func `fills in the defaults of what is not set, and keeps what is`() {
        let fields = [
            SettingField(name: "a", kind: .text, default: .text("usual"), summary: ""),
            SettingField(name: "b", kind: .flag, default: .flag(true), summary: ""),
            SettingField(name: "c", kind: .number(0...9), summary: "none by default"),
        ]
        let set = DestinationSettings(["b": .flag(false), "own": .number(7)]).completed(by: fields)
        #expect(set.values == ["a": .text("usual"), "b": .flag(false), "own": .number(7)])
        #expect(set.completed(by: fields) == set)
        #expect(DestinationSettings().completed(by: []) == DestinationSettings())
    }

    /// What is frozen with a plan as the journal's own mark can never come from a file.
    @Test func `reserves the settings that mark corrections and canaries`() {
        let destination = Destination(provider: "p", adapter: "a", mode: .primary)
        let marked = [destination.forCanaries, destination.correcting(.beside, .void, property: "units")]
        for name in marked.flatMap(\.settings.values.keys) { #expect(DestinationSettings.reserved.contains(name)) }
        #expect(DestinationSettings.reserved.count == Set(marked.flatMap(\.settings.values.keys)).count)
    }

    @Test(arguments: DeliveryMode.allCases)
    func `a canary goes to a mirror under its own name, with the settings of the route`(mode: DeliveryMode) {
        let destination = Destination(
            provider: "p",
            adapter: "a",
            mode: mode,
            rename: ["canary": "other"],
            settings: DestinationSettings(["subscription_id": .text("s")])
        )
        let canary = destination.forCanaries
        #expect(canary.mode == .mirror && canary.rename.isEmpty && canary.name(for: "canary") == "canary")
        #expect(canary.settings.text("subscription_id") == "s" && canary.isForCanaries && !destination.isForCanaries)
        #expect(canary.provider == "p" && canary.adapter == "a")
        #expect(Plan(route: nil, destinations: [canary]).isOfCanaries)
        #expect(!Plan(route: nil, destinations: []).isOfCanaries)
    }

    @Test(arguments: CorrectionStyle.allCases, CorrectionID.Kind.allCases)
    func `a correction keeps everything of its destination but the marks`(
        style: CorrectionStyle,
        kind: CorrectionID.Kind
    ) {
        let destination = Destination(
            provider: "p",
            adapter: "a",
            mode: .primary,
            rename: ["n": "m"],
            settings: DestinationSettings(["x": .flag(true), DestinationSettings.correctsProperty: .text("older")])
        )
        let named = destination.correcting(style, kind, property: "units")
        #expect(named.correction == style && named.mode == .primary && named.rename == destination.rename)
        #expect(named.settings.text(DestinationSettings.correctsProperty) == "units" && named.settings.flag("x"))
        let unnamed = destination.correcting(style, kind, property: nil)
        #expect(unnamed.settings.values[DestinationSettings.correctsProperty] == nil, "an older property is not kept")
        #expect(Plan(route: nil, destinations: [named]).isOfCorrections)
        #expect(!Plan(route: nil, destinations: [destination]).isOfCorrections)
    }

    /// A damaged mark is no correction: the event is then sent as it is.
    @Test(arguments: [SettingValue.text(""), .text("Beside"), .flag(true), .number(1), .texts(["beside"])])
    func `takes a mark that is none for no correction`(value: SettingValue) {
        let settings = DestinationSettings([DestinationSettings.corrects: value])
        let destination = Destination(provider: "p", adapter: "a", mode: .primary, settings: settings)
        #expect(destination.correction == nil && !Plan(route: nil, destinations: [destination]).isOfCorrections)
    }

    @Test(arguments: [(1, 1), (2, 2), (100, 100), (101, 100), (.max, 100), (0, 1), (-5, 1), (.min, 1)])
    func `a batch is never larger than its vendor's limit, and never empty`(most: Int, events: Int) {
        let limit = BatchLimit(events: 100, bytes: 5000, oneIdentityOnce: true)
        let smaller = limit.events(atMost: most)
        #expect(smaller == BatchLimit(events: events, bytes: 5000, oneIdentityOnce: true))
    }

    /// 256 bytes are for what surrounds the events, and one for the comma.
    @Test(arguments: [(0, 743), (1, 742), (743, 0), (744, -1)])
    func `a batch has room for what is left of its bytes`(carried: Int, room: Int) {
        #expect(BatchLimit(events: 1, bytes: 1000).room(behind: carried) == room)
    }
}
