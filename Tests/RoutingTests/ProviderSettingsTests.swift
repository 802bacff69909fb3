import ConfigurationFile
import Events
import Routing
import Testing
import Vendors

@Suite struct ProviderSettingsTests {
    private func provider(_ fields: String) throws -> ProviderConfiguration {
        try RoutesText.read(RoutesText.file(provider: fields)).providers[0]
    }

    @Test func `holds deliveries of unknown outcome, tries for three days and pauses after five failures by default`()
        throws
    {
        let provider = try provider("")
        #expect(provider.pipeline.onUncertain == .hold)
        #expect(provider.pipeline.concurrency == 8)
        #expect(provider.timeout == .seconds(30))
        #expect(provider.pipeline.rateLimit == nil)
        #expect(provider.pipeline.retry.base == .seconds(1))
        #expect(provider.pipeline.retry.cap == .seconds(600))
        #expect(provider.pipeline.retry.giveUpAfter == .seconds(72 * 3600))
        #expect(provider.pipeline.retry.longestWait == .seconds(3600))
        #expect(provider.pipeline.breaker.failures == 5)
        #expect(provider.pipeline.breaker.pause == .seconds(1))
    }

    @Test func `takes every delivery setting over`() throws {
        let provider = try provider(
            #"""
            "batch": 7, "concurrency": 2, "timeout": "5s", "rate_limit": "400/min", "on_uncertain": "accept",
            "retry": {"base": "500ms", "cap": "2m", "give_up_after": "1d", "max_retry_after": "5m"}, "breaker": {"failures": 3, "pause": "10s"}
            """#
        )
        #expect(provider.pipeline.batch == BatchLimit(events: 7, bytes: 1 << 20))
        #expect(provider.pipeline.concurrency == 2)
        #expect(provider.timeout == .seconds(5))
        #expect(provider.pipeline.rateLimit == RateLimit(requests: 400, per: .seconds(60)))
        #expect(provider.pipeline.onUncertain == .accept)
        #expect(provider.pipeline.retry.base == .milliseconds(500))
        #expect(provider.pipeline.retry.cap == .seconds(120))
        #expect(provider.pipeline.retry.giveUpAfter == .seconds(86_400))
        #expect(provider.pipeline.retry.longestWait == .seconds(300))
        #expect(provider.pipeline.breaker.failures == 3)
        #expect(provider.pipeline.breaker.pause == .seconds(10))
    }

    @Test func `reads how a provider is read`() throws {
        let standard = try provider("").reads
        #expect(standard == ReadsSettings(share: 30, lag: .zero))
        let own = try provider(#""reads": {"share": 90}"#)
        #expect(own.reads.share == 90)
        #expect(own.pipeline.readsShare == 90)
    }

    /// A file with a Polar provider whose `reads` say this of metered properties.
    private func metered(_ metered: String, adapter: String = "polar") throws -> RoutesReader.Contents {
        let text = #"""
            {"version": 1, "providers": {"p": {"adapter": "\#(adapter)", "base_url": "http://127.0.0.1:1",
             "credential": {"env": "K"}, "reads": {"metered": \#(metered)}}},
             "routes": [{"name": "r", "to": [{"provider": "p"}]}], "clients": []}
            """#
        return try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8))
    }

    @Test func `reads which property a vendor bills, where it shows sums`() throws {
        let one = #"{"api": {"property": "units", "meter": "m-1"}}"#
        let provider = try metered(one).routes.providers[0]
        #expect(provider.reads.metered == ["api": MeteredProperty(property: "units", meter: "m-1")])
        #expect(try metered("{}").routes.providers[0].reads.metered.isEmpty)
        let lago = try metered(one, adapter: "lago")
        #expect(lago.routes.providers[0].reads.metered.isEmpty)
        #expect(lago.warnings.map(\.message) == ["\"metered\" has no effect: Lago shows no sums; remove it"])
    }

    @Test(arguments: [
        #"{"api": {"property": "", "meter": "m"}}"#, #"{"api": {"property": "units"}}"#, #"{"api": "units"}"#, "7",
        "{\((0...64).map { #""n\#($0)": {"property": "u", "meter": "m"}"# }.joined(separator: ","))}",
    ])
    func `refuses a metered property that is none`(metered: String) {
        #expect(throws: FaultyConfiguration.self) { try self.metered(metered) }
    }

    @Test func `gives a provider its vendor's lag unless the file says another`() throws {
        func lags(_ reads: String) throws -> [Duration] {
            try VendorRegistry.all.filter { $0.traits.reads != nil }.map { vendor in
                let text = #"""
                    {"version": 1, "providers": {"p": {"adapter": "\#(vendor.traits.adapter)", "base_url": "http://127.0.0.1:1",
                     "credential": {"env": "K"}\#(reads)}}, "routes": [{"name": "r", "to": [{"provider": "p"}]}], "clients": []}
                    """#
                return try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes.providers[0].reads
                    .lag
            }
        }
        // Flexprice, Polar, Lago.
        #expect(try lags("") == [.seconds(120), .seconds(600), .seconds(5)])
        #expect(try lags(#", "reads": {"lag": "1s"}"#) == [.seconds(1), .seconds(1), .seconds(1)])
    }

    @Test(arguments: [
        (#"{"share": 91}"#, #""share" must be a number from 1 to 90, found 91"#),
        (#"{"share": 0}"#, #""share" must be a number from 1 to 90, found 0"#),
        (#"{"lag": "0s"}"#, #""lag" must be a time such as "500ms""#),
        (#"{"lagg": "1s"}"#, #"unknown field "lagg" in "reads" (did you mean "lag"?)"#),
        // The sample vendor shows no events.
        (#"{"lag": "1s"}"#, #""lag" has no effect: Acme shows no events; remove it"#),
    ])
    func `names what is wrong in the reads of a provider`(reads: String, fault: String) {
        let found = RoutesText.faults(in: RoutesText.file(provider: #""reads": \#(reads)"#))
        #expect(found.first?.contains(fault) == true, "\(found)")
    }

    @Test(arguments: [
        ("1ms", Duration.milliseconds(1)), ("30s", .seconds(30)), ("10m", .seconds(600)), ("72h", .seconds(259_200)),
        ("2d", .seconds(172_800)),
    ])
    func `reads times`(text: String, time: Duration) throws {
        #expect(try provider(#""timeout": "\#(text)""#).timeout == time)
    }

    @Test(arguments: ["", "s", "5", "5 s", "0s", "-5s", "+5s", "1.5s", "5S", "5sec", "99999999s", "٣s"])
    func `refuses what is no time`(text: String) {
        let found = RoutesText.faults(in: RoutesText.file(provider: #""timeout": "\#(text)""#))
        #expect(found.count == 1)
        #expect(found.first?.contains(#""timeout" must be a time such as "500ms""#) == true, "\(found)")
    }

    @Test(arguments: [
        ("50/s", RateLimit(requests: 50, per: .seconds(1))), ("500/min", RateLimit(requests: 500, per: .seconds(60))),
        ("100/hour", RateLimit(requests: 100, per: .seconds(3600))),
        ("9/h", RateLimit(requests: 9, per: .seconds(3600))),
    ])
    func `reads rates`(text: String, rate: RateLimit) throws {
        #expect(try provider(#""rate_limit": "\#(text)""#).pipeline.rateLimit == rate)
    }

    @Test(arguments: ["", "50", "/s", "50/", "0/s", "-1/s", "1.5/s", "50/day", "50/s/s", "50 /s"])
    func `refuses what is no rate`(text: String) {
        let found = RoutesText.faults(in: RoutesText.file(provider: #""rate_limit": "\#(text)""#))
        #expect(found.count == 1)
        #expect(found.first?.contains(#""rate_limit" must be a rate such as "50/s""#) == true, "\(found)")
    }

    @Test(arguments: [
        (#""batch": 101"#, #""batch" is 101, but Acme gets at most 100 events in a request"#),
        (#""batch": 0"#, #""batch" must be an integer from 1 to 100000, found 0"#),
        (#""concurrency": 0"#, #""concurrency" must be an integer from 1 to 1024, found 0"#),
        (#""concurrency": 99999999999999999999"#, #""concurrency" must be an integer"#),
        (#""retry": {"base": "5s", "cap": "1s"}"#, #""cap" is shorter than "base""#),
        (#""retry": {"bse": "5s"}"#, #"unknown field "bse" in "retry" (did you mean "base"?)"#),
        (#""breaker": {"failures": 0}"#, #""failures" must be an integer from 1 to 1000, found 0"#),
        (#""on_uncertain": "retyr""#, #"unknown on_uncertain "retyr" (did you mean "retry"?)"#),
        (#""timeout": 30"#, #""timeout" must be a time such as "500ms", "30s", "10m", "72h", found 30"#),
    ])
    func `refuses settings that could not work`(fields: String, message: String) {
        let found = RoutesText.faults(in: RoutesText.file(provider: fields))
        #expect(found.count == 1)
        #expect(found.first?.contains(message) == true, "\(found)")
    }

    @Test func `takes trailing slashes off an address, so that paths can be joined to it`() throws {
        #expect(try provider(#""base_url": "https://host/lago//""#).connection.baseURL == "https://host/lago")
    }

    @Test func `takes what an account sends in a header field, at providers of its vendor alone`() throws {
        let with = try provider(#""space": "blue""#)
        #expect(
            with.connection.headers.map { [$0.setting, $0.name, $0.value] } == [["space", "X-Acme-Space", "blue"]]
        )
        #expect(try provider("").connection.headers.isEmpty)
        #expect(
            RoutesReport.summary(of: try RoutesText.read(RoutesText.file(provider: #""space": "blue""#)), file: "f")
                .contains("key from the variable K, space blue")
        )
        let changes = RoutesChanges(
            from: try RoutesText.read(RoutesText.file()),
            to: try RoutesText.read(RoutesText.file(provider: #""space": "blue""#))
        )
        #expect(changes.list.map(\.summary) == ["provider p: changed: space"])
        let bolt = RoutesText.file().replacing(
            #""adapter": "acme""#,
            with: #""adapter": "bolt", "base_url": "https://bolt.example", "space": "blue""#
        )
        #expect(
            RoutesText.faults(in: bolt).contains {
                $0.contains(#""space" belongs to providers of Acme, and this one is of Bolt"#)
            }
        )
    }

    @Test(arguments: [#""""#, #""a b""#, #""a\r\nX: y""#, #""ä""#, #""\u0000""#])
    func `refuses what cannot stand in a header field`(value: String) {
        #expect(
            RoutesText.faults(in: RoutesText.file(provider: #""space": \#(value)"#)).contains {
                $0.contains(#""space" must be 1 to 255 ASCII characters"#)
            }
        )
    }
}
