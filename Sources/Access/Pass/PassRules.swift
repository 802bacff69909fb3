package import ConfigurationFile
package import Events

/// Which calls to vendors' own APIs a client may pass through the gateway: none by default.
package struct PassRules: Sendable, Equatable {
    /// What may be passed in one vendor's API.
    package struct Rule: Sendable, Equatable {
        /// The provider that `routes.json` names; nil: the one that is primary for the client's routes.
        package let provider: ProviderName?
        /// Patterns of the vendor's paths; `*` matches any text, including slashes.
        package let paths: [Glob]

        package init(provider: ProviderName? = nil, paths: [Glob]) {
            self.provider = provider
            self.paths = paths
        }

        /// Whether a path matches one of them.
        package func allows(_ path: NormalPath) -> Bool {
            paths.contains { $0.matches(path.comparable) }
        }
    }

    package let rules: [AdapterName: Rule]
    /// Whether calls pass to an account that other tenants share.
    package let includesSharedAccounts: Bool

    package init(_ rules: [AdapterName: Rule] = [:], includesSharedAccounts: Bool = false) {
        self.rules = rules
        self.includesSharedAccounts = includesSharedAccounts
    }

    /// What may be passed in a vendor's API; nil: pass-through is not configured for it.
    package subscript(adapter: AdapterName) -> Rule? { rules[adapter] }
}
