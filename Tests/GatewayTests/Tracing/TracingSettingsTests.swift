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
}
