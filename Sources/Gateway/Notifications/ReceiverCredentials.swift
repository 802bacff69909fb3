import Access
import Events
import Routing

/// The secrets of notifications' receivers, for a separate ``CredentialVault``, which treats each as an account.
struct ReceiverCredentials: ConfiguredCredentials {
    /// Which of a receiver's secrets.
    enum Part: String, CaseIterable, Sendable {
        case url, secret
    }

    let settings: @Sendable () -> NotificationSettings

    /// The name of a receiver's secret; no receiver's own name has a slash.
    static func name(_ receiver: String, _ part: Part) -> ProviderName { ProviderName("\(receiver)/\(part.rawValue)") }

    var providersWithCredentials: [ProviderName] { sources.map(\.name) }

    func credentialSource(of provider: ProviderName) -> CredentialSource? {
        sources.first { $0.name == provider }?.source
    }

    /// The secrets that are not available, one line each.
    static func missing(of settings: NotificationSettings, environment: [String: String]) async -> [String] {
        let credentials = ReceiverCredentials { settings }
        let vault = credentials.vault(environment: environment)
        var missing: [String] = []
        for name in credentials.providersWithCredentials {
            do throws(CredentialUnavailable) {
                _ = try await vault.credential(of: name)
            } catch {
                missing.append("notifications to \(name): \(error.message)")
            }
        }
        return missing
    }

    func vault(environment: [String: String]) -> CredentialVault {
        CredentialVault(of: self, environment: environment, holding: "the receiver's secret")
    }

    private var sources: [(name: ProviderName, source: CredentialSource)] {
        settings().receivers.flatMap { receiver -> [(name: ProviderName, source: CredentialSource)] in
            switch receiver.channel {
            case .webhook(let address, let secret):
                Self.source(of: address, receiver) + [(name: Self.name(receiver.name, .secret), source: secret)]
            case .slack(let address): Self.source(of: address, receiver)
            case .mail: []
            }
        }
    }

    private static func source(of address: ReceiverAddress, _ receiver: Receiver)
        -> [(name: ProviderName, source: CredentialSource)]
    {
        switch address.source {
        case .text: []
        case .credential(let source): [(name: name(receiver.name, .url), source: source)]
        }
    }
}
