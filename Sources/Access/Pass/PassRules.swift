package import ConfigurationFile
package import Events

/// Which calls of vendors' own APIs a client may make through the gateway: none by default.
package struct PassRules: Sendable, Equatable {
    /// What may be passed in one vendor's API.
    package struct Rule: Sendable, Equatable {
        /// The provider that `routes.json` names; nil: the one that is primary for the client's routes.
        package let provider: ProviderName?
        /// Of paths as the vendor has them; `*` stands for any text, slashes too.
        package let paths: [Glob]

        package init(provider: ProviderName? = nil, paths: [Glob]) {
            self.provider = provider
            self.paths = paths
        }

        /// Whether a path is among them.
        package func allows(_ path: NormalPath) -> Bool {
            paths.contains { $0.matches(path.comparable) }
        }
    }

    package let rules: [AdapterName: Rule]
    /// Whether calls pass to an account into which other tenants send as well.
    package let includesSharedAccounts: Bool

    package init(_ rules: [AdapterName: Rule] = [:], includesSharedAccounts: Bool = false) {
        self.rules = rules
        self.includesSharedAccounts = includesSharedAccounts
    }

    /// What may be passed in a vendor's API; nil: nothing, and nobody has switched it on.
    package subscript(adapter: AdapterName) -> Rule? { rules[adapter] }
}
