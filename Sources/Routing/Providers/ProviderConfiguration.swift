package import Access
package import Events

extension ProviderName {
    /// The provider of `routes.json` that this is, or is a tenant's own account of: a name that holds no tenant's.
    package var withoutTenant: ProviderName {
        // No name of the file has an `@`; see ``ProviderConfiguration/name``.
        ProviderName(String(rawValue.prefix { $0 != "@" }))
    }
}

/// One configured account at a vendor, with the vendor's own defaults filled in.
///
/// A tenant with a credential of its own is at another account of the vendor, so it has a provider of its own here: with its own
/// pipeline, place in the journal, limits and state, so that nothing of one account touches another's.
package struct ProviderConfiguration: Sendable, Equatable {
    /// As the file has it; of a tenant's own account, with the tenant behind an `@`, which no name of the file has.
    package private(set) var name: ProviderName
    /// Of a tenant's own account: whose it is, and the provider that it is an account of.
    package private(set) var owner: Owner?
    package let traits: VendorTraits
    /// Scheme, host and path, without a trailing slash.
    package let baseURL: String
    /// Whether it may be on this machine or in the networks around it; else it must be on the internet.
    package let mayBeInside: Bool
    package private(set) var credential: CredentialSource
    package let batch: BatchLimit
    /// The most requests under way at once.
    package let concurrency: Int
    package let timeout: Duration
    /// nil: as fast as the vendor answers.
    package let rateLimit: RateLimit?
    package let retry: Retry
    package let breaker: Breaker
    package let onUncertain: OnUncertain
    /// Header fields of the account that go with every call.
    package let headers: [Header]
    /// Percent of the rate limit that clients' reads and passed calls may take together.
    package let readsShare: Double

    /// Half, so that deliveries never find the rate limit used up by others.
    package static let usualReadsShare = 50.0

    /// A setting of the account, as the vendor wants it.
    package struct Header: Sendable, Hashable {
        /// The setting's name in `routes.json`.
        package let setting: String
        package let name: String
        package let value: String
    }

    /// Whose own account a provider is.
    package struct Owner: Sendable, Equatable {
        package let tenant: TenantID
        package let provider: ProviderName
    }

    /// The account that a tenant's own credential makes of this provider.
    func account(of tenant: TenantID, with credential: CredentialSource) -> ProviderConfiguration {
        var account = self
        account.owner = Owner(tenant: tenant, provider: name)
        account.name = ProviderName("\(name)@\(tenant)")
        account.credential = credential
        return account
    }

    /// When a delivery that failed goes again.
    package struct Retry: Sendable, Equatable {
        /// The first wait is at most this long; each further one twice that, up to `cap`.
        package var base: Duration = .seconds(1)
        package var cap: Duration = .seconds(600)
        /// An event older than this is a dead letter.
        package var giveUpAfter: Duration = .seconds(72 * 3600)
        /// The longest wait that the vendor may ask for.
        package var longestWait: Duration = .seconds(3600)
    }

    /// When a provider that fails is left alone.
    package struct Breaker: Sendable, Equatable {
        /// Failures in a row.
        package var failures: Int
        /// Before the first probe; doubles with each that fails.
        package var pause: Duration
        /// Between two tries of a provider whose credential or account is refused.
        package var parkedPause: Duration

        /// Usual values where nothing is given.
        package init(failures: Int = 5, pause: Duration = .seconds(1), parkedPause: Duration = .seconds(30)) {
            self.failures = failures
            self.pause = pause
            self.parkedPause = parkedPause
        }
    }

    /// What becomes of a delivery whose outcome is unknown at a vendor that does not deduplicate.
    package enum OnUncertain: String, Sendable, CaseIterable {
        case hold, retry, accept
    }
}
