import JSON
import NIOHTTP1

extension GatewayClient {
    /// The key's client at the gateway, and the journal of its events.
    package struct Identity: Sendable, Equatable {
        package let tenant: String
        /// Tells the gateway's journal from all others.
        package let journal: String
        /// Maximum number of bytes of a request's body.
        package let bodyLimitBytes: Int
    }

    /// Asks the gateway who the caller is.
    /// - Returns: the identity, or nil if the gateway's version does not support it.
    /// - Throws: ``SendFailure`` if it cannot be asked or refuses the key.
    package func identity() async throws(SendFailure) -> Identity? {
        let answer: Answer
        do {
            answer = try await call(.GET, "/v1/client")
        } catch {
            throw .unreachable(error)
        }
        guard answer.status != 404 else { return nil }
        guard answer.status == 200, let tenant = answer.json?["tenant"]?.string,
            let journal = answer.json?["journal"]?.string
        else { throw .refused(answer.problem) }
        let limit = answer.json?["limits"]?["body_bytes"]?.int64 ?? 0
        return Identity(
            tenant: tenant,
            journal: journal,
            bodyLimitBytes: limit > 0 ? Int(clamping: limit) : Self.usualBodyLimitBytes
        )
    }

    /// The limit of a gateway that names none.
    private static let usualBodyLimitBytes = 32 << 20
}
