import JSON
import NIOHTTP1

extension GatewayClient {
    /// Whom the key belongs to at the gateway, and where its events go.
    package struct Identity: Sendable, Equatable {
        package let tenant: String
        /// Tells the gateway's journal from all others.
        package let journal: String
        /// The most bytes of a request's body.
        package let bodyLimitBytes: Int
    }

    /// Asks the gateway who the caller is.
    /// - Returns: the identity, or nil if this gateway is of a version that does not tell.
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
        let limit = answer.json?["limits"]?["body_bytes"]?.int64 ?? 32 << 20
        return Identity(tenant: tenant, journal: journal, bodyLimitBytes: Int(clamping: limit))
    }
}
