package import Events
import Foundation
package import Telemetry

/// Where traces are sent, by OpenTelemetry's own environment variables.
package struct TracingSettings: Sendable, Equatable {
    /// The address that spans are posted to.
    package let endpoint: String
    package let serviceName: String
    /// Header fields of each request, such as a key.
    package let fields: [Field]
    package let sampler: TraceSampler

    /// A header field, whose value may be a secret.
    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: Secret

        package init(_ name: String, _ value: Secret) {
            self.name = name
            self.value = value
        }
    }

    /// - Parameters:
    ///   - option: of the command line; it takes precedence over the variables.
    /// - Returns: nil if nothing is traced.
    /// - Throws: ``FaultyTracing`` for an invalid setting.
    package init?(option: String?, environment: [String: String]) throws(FaultyTracing) {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if variable("OTEL_SDK_DISABLED")?.lowercased() == "true" { return nil }
        if variable("OTEL_TRACES_EXPORTER") == "none" { return nil }
        if let endpoint = option ?? variable("OTEL_EXPORTER_OTLP_ENDPOINT"),
            option != nil || variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") == nil
        {
            let name = option == nil ? "OTEL_EXPORTER_OTLP_ENDPOINT" : "--otlp-endpoint"
            self.endpoint = try Self.checked(endpoint, name) + "/v1/traces"
        } else if let endpoint = variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
            self.endpoint = try Self.checked(endpoint, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", isWhole: true)
        } else {
            return nil
        }
        serviceName = variable("OTEL_SERVICE_NAME") ?? "tollgate"
        let ownHeaders = "OTEL_EXPORTER_OTLP_TRACES_HEADERS"
        let headers = variable(ownHeaders) == nil ? "OTEL_EXPORTER_OTLP_HEADERS" : ownHeaders
        fields = try Self.fields(variable(headers) ?? "", headers)
        sampler = try Self.sampler(variable("OTEL_TRACES_SAMPLER"), variable("OTEL_TRACES_SAMPLER_ARG"))
    }

    /// - Parameter isWhole: whether nothing is added to the address: then it stays as it is, and may have a query.
    private static func checked(_ text: String, _ name: String, isWhole: Bool = false) throws(FaultyTracing) -> String {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme, ["http", "https"].contains(scheme),
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil, parts.fragment == nil,
            isWhole || parts.query == nil
        else { throw FaultyTracing("\(name) must be an address such as http://127.0.0.1:4318") }
        var text = text
        while !isWhole, text.hasSuffix("/") { text.removeLast() }
        return text
    }

    /// `name=value,name=value`, percent-encoded as in W3C Baggage.
    /// - Parameter variable: where the text is from.
    private static func fields(_ text: String, _ variable: String) throws(FaultyTracing) -> [Field] {
        var fields: [Field] = []
        for pair in text.split(separator: ",") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts[0].trimmingCharacters(in: .whitespaces)
            guard parts.count == 2, isToken(name),
                let value = String(parts[1]).trimmingCharacters(in: .whitespaces).removingPercentEncoding,
                value.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
            else {
                throw FaultyTracing("\(variable) must be NAME=VALUE, separated by commas")
            }
            fields.append(Field(name, Secret(value)))
        }
        return fields
    }

    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                byte > 0x20 && byte < 0x7F && !"()<>@,;:\\\"/[]?={}".utf8.contains(byte)
            }
    }

    private static func sampler(_ name: String?, _ argument: String?) throws(FaultyTracing) -> TraceSampler {
        let share = argument.flatMap { Double($0) } ?? 1
        guard (0...1).contains(share), argument == nil || Double(argument ?? "") != nil else {
            throw FaultyTracing("OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1")
        }
        switch name ?? "parentbased_always_on" {
        case "always_on": return TraceSampler(followsCaller: false)
        case "always_off": return TraceSampler(followsCaller: false, share: 0)
        case "traceidratio": return TraceSampler(followsCaller: false, share: share)
        case "parentbased_always_on": return TraceSampler()
        case "parentbased_always_off": return TraceSampler(share: 0)
        case "parentbased_traceidratio": return TraceSampler(share: share)
        default:
            throw FaultyTracing(
                "OTEL_TRACES_SAMPLER must be always_on, always_off, traceidratio, or one of these after parentbased_"
            )
        }
    }
}

/// A setting of traces that cannot be used.
package struct FaultyTracing: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
