import Access
import ConfigurationFile
package import Events
import JSON

/// Which providers are one account at their vendor.
///
/// The vendor's key decides, together with the server and the account's settings: two variables or files may contain the same key.
/// Where a key is not known, its source is compared instead.
package struct VendorAccounts: Sendable {
    /// Equal for providers at one account.
    private struct Identity: Hashable {
        let adapter: AdapterName
        let baseURL: String
        let headers: [ProviderConfiguration.Header]
        let key: Key
    }

    private enum Key: Hashable {
        case known(CredentialDigest)
        /// The provider whose source of the key is the same, the first in the file.
        case from(ProviderName)
    }

    private let identities: [ProviderName: Identity]

    /// - Parameter keys: of the providers whose keys are known.
    init(_ providers: [ProviderConfiguration], keys: [ProviderName: CredentialDigest] = [:]) {
        var identities: [ProviderName: Identity] = [:]
        for provider in providers {
            let sameSource =
                providers.first { $0.connection.credential == provider.connection.credential }?.name ?? provider.name
            identities[provider.name] = Identity(
                adapter: provider.traits.adapter,
                baseURL: provider.connection.baseURL,
                headers: provider.connection.headers,
                key: keys[provider.name].map { .known($0) } ?? .from(sameSource)
            )
        }
        self.identities = identities
    }

    /// Whether two providers are at one account. A provider is always at the same account as itself, even if it is not configured.
    package func areSame(_ one: ProviderName, _ other: ProviderName) -> Bool {
        if one == other { return true }
        guard let identity = identities[one] else { return false }
        return identity == identities[other]
    }
}

extension RoutesReader.Contents {
    /// The same file, with the vendors' keys known: providers with the same key are one account, and a warning says so where the
    /// file does not show it.
    /// - Parameter keys: of the providers whose keys are known.
    package func knowing(keys: [ProviderName: CredentialDigest]) -> RoutesReader.Contents {
        let routes = routes.knowing(keys: keys)
        var found: [ConfigurationFault] = []
        for (index, provider) in routes.providers.enumerated() {
            let earlier = routes.providers[..<index].first { other in
                routes.accounts.areSame(other.name, provider.name)
                    && other.connection.credential != provider.connection.credential
            }
            guard let earlier, let position = positions[provider.name] else { continue }
            let message =
                "the providers \"\(earlier.name)\" and \"\(provider.name)\" have the same key, so they are one account at "
                + "\(provider.traits.vendor), and the tenants whose events go there share it; if that is wrong, correct one of the keys"
            found.append(ConfigurationFault(severity: .warning, position: position, message: message))
        }
        let all = (warnings + found).sorted { $0.position < $1.position }
        return RoutesReader.Contents(routes: routes, warnings: all, positions: positions)
    }
}
