package import Events

/// Why a read was not sent.
package enum ReadError: Error, Sendable, Equatable {
    /// As many reads of the provider are in flight as there may be.
    case tooMany(ProviderName, limit: Int)
    /// Deliveries take the whole rate limit, or the vendor asked for a wait.
    case rateLimited(ProviderName)

    /// For people.
    package var message: String {
        switch self {
        case .tooMany(let provider, let limit):
            "\(limit) reads of provider \(provider) are in flight, which is the maximum; try again"
        case .rateLimited(let provider):
            "deliveries use the whole rate limit of provider \(provider), and reads have lower priority; try again later"
        }
    }
}
