import Events
import Gateway
import Telemetry
import Testing

@Suite struct TracingSettingsTests {
    private func settings(_ option: String? = nil, _ variables: [String: String]) throws -> TracingSettings? {
        try TracingSettings(option: option, environment: variables)
    }

    @Test(
        arguments: [
            [:], ["OTEL_SERVICE_NAME": "shop"], ["OTEL_EXPORTER_OTLP_ENDPOINT": ""],
            ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_SDK_DISABLED": "true"],
            ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_TRACES_EXPORTER": "none"],
        ] as [[String: String]]
    )
    func `traces nothing unless a collector is named`(variables: [String: String]) throws {
        #expect(try settings(nil, variables) == nil)
    }

    @Test(
        arguments: [
            (nil, ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"], "http://c:4318/v1/traces"),
            (nil, ["OTEL_EXPORTER_OTLP_ENDPOINT": "https://c/otlp/"], "https://c/otlp/v1/traces"),
            (
                nil, ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://t/x"],
                "http://t/x"
            ),
            ("http://o:1", ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://t/x"], "http://o:1/v1/traces"),
        ] as [(String?, [String: String], String)]
    )
    func `finds the address as the specification says`(option: String?, variables: [String: String], address: String)
        throws
    {
        let settings = try settings(option, variables)
        #expect(settings?.endpoint == address)
        #expect(settings?.serviceName == "tollgate")
        #expect(settings?.sampler == TraceSampler())
    }

    @Test func `reads header fields, name and sampler`() throws {
        let settings = try settings(
            "http://c",
            [
                "OTEL_EXPORTER_OTLP_HEADERS": "api-key=a%20b, x=1", "OTEL_SERVICE_NAME": "shop",
                "OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.25",
            ]
        )
        #expect(
            settings?.fields == [
                TracingSettings.Field("api-key", Secret("a b")), TracingSettings.Field("x", Secret("1")),
            ]
        )
        #expect(settings?.serviceName == "shop")
        #expect(settings?.sampler == TraceSampler(share: 0.25))
    }

    @Test(arguments: [
        ["OTEL_EXPORTER_OTLP_ENDPOINT": "c:4318"], ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://u:p@c"],
        ["OTEL_EXPORTER_OTLP_HEADERS": "no-value"], ["OTEL_EXPORTER_OTLP_HEADERS": "a b=1"],
        ["OTEL_EXPORTER_OTLP_HEADERS": "a=%0d%0ab:1"], ["OTEL_TRACES_SAMPLER": "jaeger_remote"],
        ["OTEL_TRACES_SAMPLER_ARG": "2"], ["OTEL_TRACES_SAMPLER_ARG": "half"],
    ])
    func `refuses what cannot be used`(variables: [String: String]) {
        let all = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c"].merging(variables) { $1 }
        #expect(throws: FaultyTracing.self) { _ = try settings(nil, all) }
    }

    @Test(arguments: [
        ("OTEL_EXPORTER_OTLP_HEADERS", "a"), ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "a"),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "a=1,=2"), ("OTEL_EXPORTER_OTLP_HEADERS", "a=%zz"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=%00"), ("OTEL_EXPORTER_OTLP_HEADERS", "a=é"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "e\u{301}=1"), ("OTEL_EXPORTER_OTLP_HEADERS", "a:=1"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=%FF"), ("OTEL_EXPORTER_OTLP_HEADERS", "a\u{0}=1"),
    ])
    func `names the variable that has a wrong header field, and never its value`(name: String, value: String) {
        let fault = #expect(throws: FaultyTracing.self) { _ = try settings("http://c", [name: value]) }
        #expect(fault?.description == "\(name) must be NAME=VALUE, separated by commas")
    }

    @Test func `takes the header fields of traces in place of those of all signals`() throws {
        let all = ["OTEL_EXPORTER_OTLP_HEADERS": "b=2", "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "a=1==,  c = x%2Cy ,,"]
        let found = try #require(try settings("http://c", all)).fields
        #expect(found.map(\.name) == ["a", "c"] && found.map { $0.value.reveal() } == ["1==", "x,y"])
        let empty = ["OTEL_EXPORTER_OTLP_HEADERS": "b=", "OTEL_EXPORTER_OTLP_TRACES_HEADERS": ""]
        #expect(try #require(try settings("http://c", empty)).fields == [TracingSettings.Field("b", Secret(""))])
    }

    @Test(arguments: [
        ("--otlp-endpoint", "c:4318"), ("--otlp-endpoint", ""), ("--otlp-endpoint", "http://"),
        ("--otlp-endpoint", "grpc://c"), ("--otlp-endpoint", "http://c?x=1"), ("--otlp-endpoint", "http://c#x"),
        ("--otlp-endpoint", "http://hunter2@c"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c/?x"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://me:hunter2@c"), ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "/v1/traces"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c/#a"),
    ])
    func `names what has a wrong address, and does not repeat it`(name: String, address: String) {
        let isOption = name.hasPrefix("--")
        let fault = #expect(throws: FaultyTracing.self) {
            _ = try settings(isOption ? address : nil, isOption ? [:] : [name: address])
        }
        #expect(fault?.description == "\(name) must be an address such as http://127.0.0.1:4318")
    }

    @Test func `sends to the address of traces as it is written`() throws {
        func endpoint(_ text: String) throws -> String? {
            try settings(nil, ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": text])?.endpoint
        }
        for text in ["http://c/", "https://c/a//", "http://c/v1/traces?key=x", "http://[::1]:4318/a"] {
            #expect(try endpoint(text) == text)
        }
        #expect(try settings("http://c///", [:])?.endpoint == "http://c/v1/traces")
    }

    @Test(arguments: ["nan", "NaN", "inf", "-0.1", "1.0001", "1e400", "0,5", " 0.5", "0.5 ", "-", "٠", "half"])
    func `refuses a share that is no number from 0 to 1`(share: String) {
        let variables = ["OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": share]
        let fault = #expect(throws: FaultyTracing.self) { _ = try settings("http://c", variables) }
        #expect(fault?.description == "OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1")
    }

    @Test(
        arguments: [
            ("always_on", TraceSampler(followsCaller: false)),
            ("always_off", TraceSampler(followsCaller: false, share: 0)),
            ("traceidratio", TraceSampler(followsCaller: false, share: 0.5)),
            ("parentbased_always_on", TraceSampler()), ("parentbased_always_off", TraceSampler(share: 0)),
            ("parentbased_traceidratio", TraceSampler(share: 0.5)), ("", TraceSampler()),
        ] as [(String, TraceSampler)]
    )
    func `knows the samplers of the specification`(name: String, sampler: TraceSampler) throws {
        let variables = ["OTEL_TRACES_SAMPLER": name, "OTEL_TRACES_SAMPLER_ARG": "0.5"]
        #expect(try settings("http://c", variables)?.sampler == sampler)
        #expect(
            try settings("http://c", variables.merging(["OTEL_TRACES_SAMPLER_ARG": "5e-1"]) { $1 })?.sampler == sampler
        )
    }

    @Test(arguments: ["Always_on", "parentbased_", "jaeger_remote", "always_on ", "parentbased_always_on\u{301}"])
    func `names the samplers that there are`(name: String) {
        let fault = #expect(throws: FaultyTracing.self) { _ = try settings("http://c", ["OTEL_TRACES_SAMPLER": name]) }
        #expect(
            fault?.description
                == "OTEL_TRACES_SAMPLER must be always_on, always_off, traceidratio, or one of these after parentbased_"
        )
    }
}
