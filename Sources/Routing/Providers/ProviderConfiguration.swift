package import Access
package import Events

extension ProviderName {
    /// The provider of `routes.json` that this is, or is a tenant's own account or a backfill of: a name that holds no tenant's.
    package var withoutTenant: ProviderName {
        // No name of the file has an `@`; see ``ProviderConfiguration/name``. Nor has it a `#`, which is in front of a lane's number.
        ProviderName(String(rawValue.prefix { $0 != "@" && $0 != "#" }))
    }
}

/// One configured account at a vendor, with the vendor's own defaults filled in.
///
/// A tenant with a credential of its own is at another account of the vendor, so it has a provider of its own here: with its own
/// pipeline, place in the journal, limits and state, so that nothing of one account touches another's.
package struct ProviderConfiguration: Sendable, Equatable {
    /// How it is delivered to.
    package private(set) var pipeline: PipelineSettings
    /// Of a tenant's own account: whose it is, and the provider that it is an account of.
    package private(set) var owner: Owner?
    /// What the vendor's adapter says of it.
    package let traits: VendorTraits
    private let language: Language
    package private(set) var connection: Connection
    /// How long the vendor may take to answer.
    package let timeout: Duration
    /// How it is read.
    package let reads: ReadsSettings
    /// Nil: no event is read back.
    package let verify: VerifySettings?
    /// Nil: no canary is sent. A tenant's own account has none.
    package private(set) var canary: CanarySettings?

    init(
        pipeline: PipelineSettings,
        adapter: any Adapter,
        connection: Connection,
        timeout: Duration,
        reads: ReadsSettings,
        verify: VerifySettings? = nil,
        canary: CanarySettings? = nil
    ) {
        self.pipeline = pipeline
        traits = adapter.traits
        language = Language(adapter: adapter)
        self.connection = connection
        self.timeout = timeout
        self.reads = reads
        self.verify = verify
        self.canary = canary
    }

    /// As in the file; for a tenant's own account, followed by `@` and the tenant, since no name in the file has an `@`.
    package var name: ProviderName { pipeline.provider }

    /// How many requests its vendor takes, by the file or as the vendor documents it; nil if no limit is known.
    package var rateLimit: RateLimit? { pipeline.rateLimit ?? traits.requests.rateLimit }

    /// Whether it is a simulator or a server of one's own on this machine.
    package var isOnThisMachine: Bool { BaseURL.isLoopback(connection.baseURL) }

    /// Speaks with the vendor.
    package var adapter: any Adapter { language.adapter }

    /// An adapter is a value without state, identified by its traits.
    private struct Language: Sendable, Equatable {
        let adapter: any Adapter

        static func == (left: Language, right: Language) -> Bool { left.adapter.traits == right.adapter.traits }
    }

    /// Where the vendor's server is, and whose account there is meant.
    package struct Connection: Sendable, Equatable {
        /// Scheme, host and path, without a trailing slash.
        package let baseURL: String
        /// Whether it may be on this machine or in the networks around it; else it must be on the internet.
        package let mayBeInside: Bool
        package fileprivate(set) var credential: CredentialSource
        /// Header fields of the account that go with every call.
        package let headers: [Header]
        /// With which the vendor signs its webhooks; nil if it sends none.
        package fileprivate(set) var webhookKey: CredentialSource?
    }

    /// A setting of the account, as the vendor expects it.
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
        account.pipeline.provider = ProviderName("\(name)@\(tenant)")
        account.connection.credential = credential
        // The vendor's messages are about the account that they were configured for.
        account.connection.webhookKey = nil
        account.canary = nil
        return account
    }
}
