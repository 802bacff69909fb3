import ArgumentParser
import Foundation
import Ingress
import Routing

/// The limits on what clients may use at a time.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: """
            Maximum connections per client address, per /64 network in IPv6 (default: 1000, at most half of all; env: \
            TOLLGATE_CONNECTIONS_PER_ADDRESS).
            """
    )
    var connectionsPerAddress: Int?

    @Option(
        help: """
            Comma-separated addresses of reverse proxies, such as 10.0.0.0/8,fd00::1; exempt from --connections-per-address \
            (env: TOLLGATE_TRUSTED_PROXIES).
            """
    )
    var trustedProxies: String?

    @Option(
        help: """
            Seconds a new connection may stay open without a request (default: 10; env: TOLLGATE_FIRST_REQUEST_SECONDS).
            """
    )
    var firstRequestSeconds: Int?

    @Option(
        help: """
            Seconds after which a connection is closed after its next response, plus or minus a tenth (default: 3600; env: \
            TOLLGATE_CONNECTION_AGE_SECONDS).
            """
    )
    var connectionAgeSeconds: Int?

    @Option(
        help: """
            Maximum megabytes of request bodies in memory; beyond it, requests get 503 with Retry-After (default: 256; env: \
            TOLLGATE_BODY_MEMORY_MB).
            """
    )
    var bodyMemoryMb: Int?

    @Option(
        help: """
            Maximum open event streams per client; beyond it, new ones get 429 (default: 20, and 200 for all clients \
            together; env: TOLLGATE_STREAMS_PER_CLIENT).
            """
    )
    var streamsPerClient: Int?

    /// In seconds.
    private static let year = 366 * 86_400

    mutating func validate() throws {
        connectionsPerAddress = try Variable.limit(
            "TOLLGATE_CONNECTIONS_PER_ADDRESS",
            else: connectionsPerAddress,
            option: "--connections-per-address"
        )
        firstRequestSeconds = try Self.seconds(
            "TOLLGATE_FIRST_REQUEST_SECONDS",
            firstRequestSeconds,
            "--first-request-seconds"
        )
        connectionAgeSeconds = try Self.seconds(
            "TOLLGATE_CONNECTION_AGE_SECONDS",
            connectionAgeSeconds,
            "--connection-age-seconds"
        )
        bodyMemoryMb = try Variable.limit("TOLLGATE_BODY_MEMORY_MB", else: bodyMemoryMb, option: "--body-memory-mb")
        if let megabytes = bodyMemoryMb, megabytes > 1 << 20 {
            throw ValidationError("--body-memory-mb must be at most \(1 << 20)")
        }
        streamsPerClient = try Variable.limit(
            "TOLLGATE_STREAMS_PER_CLIENT",
            else: streamsPerClient,
            option: "--streams-per-client"
        )
        trustedProxies = trustedProxies ?? ProcessInfo.processInfo.environment["TOLLGATE_TRUSTED_PROXIES"]
        for text in Self.list(trustedProxies) where NetworkRange(text) == nil {
            throw ValidationError(
                "\"\(text)\" in --trusted-proxies is not an IP address or range, such as 10.0.0.1 or 10.0.0.0/8"
            )
        }
    }

    /// Puts what was given into the settings.
    func apply(to settings: inout IngressSettings) {
        settings.capacity.connectionsPerAddress = connectionsPerAddress
        settings.capacity.trustedProxies = Self.list(trustedProxies).compactMap { NetworkRange($0) }
        if let firstRequestSeconds { settings.patience.firstRequest = .seconds(firstRequestSeconds) }
        if let connectionAgeSeconds { settings.patience.age = .seconds(connectionAgeSeconds) }
        if let bodyMemoryMb { settings.capacity.bodyBytes = bodyMemoryMb << 20 }
        if let streamsPerClient {
            settings.capacity.streamsPerClient = streamsPerClient
            settings.capacity.streams = max(settings.capacity.streams, streamsPerClient)
        }
    }

    /// A timeout from an option or its variable. At most a year, so that no sum of times overflows.
    private static func seconds(_ variable: String, _ given: Int?, _ option: String) throws -> Int? {
        let seconds = try Variable.limit(variable, else: given, option: option)
        if let seconds, seconds > year { throw ValidationError("\(option) must be at most \(year), a year") }
        return seconds
    }

    /// The parts of a comma-separated list, without spaces around them and without empty ones.
    private static func list(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}
