import Access
import ConfigurationFile
import Events
import JSON

/// Creates a provider for each credential that a tenant brings.
enum TenantAccounts {
    /// The accounts that tenants' own credentials make of the providers. A credential is an account, so no two may have the same.
    static func accounts(
        of credentials: [ClientReader.TenantCredential],
        at providers: [ProviderConfiguration],
        _ fields: inout FieldReader,
        _ positions: inout [ProviderName: JSONPosition]
    ) -> [ProviderConfiguration] {
        var accounts: [ProviderConfiguration] = []
        for credential in credentials {
            guard let provider = providers.first(where: { $0.name == credential.provider }) else { continue }
            let siblings = accounts.filter { $0.owner?.provider == provider.name }
            if let own = siblings.first(where: { $0.owner?.tenant == credential.tenant }) {
                if own.connection.credential != credential.source {
                    fields.fault(
                        credential.value,
                        "another client of the tenant \"\(credential.tenant)\" has another credential for \"\(provider.name)\"; a tenant has one"
                    )
                }
            } else if provider.connection.credential == credential.source {
                fields.fault(
                    credential.value,
                    "this is the credential that \"\(provider.name)\" has anyway; leave it out"
                )
            } else if let other = siblings.first(where: { $0.connection.credential == credential.source }) {
                fields.fault(
                    credential.value,
                    "the tenant \"\(other.owner?.tenant.rawValue ?? "")\" has the same credential, so both are at one account; "
                        + "make a provider of it, and a route with \"match\": {\"client\": ...}"
                )
            } else if providers.count + accounts.count >= RoutesFields.mostProviders {
                fields.fault(
                    credential.value,
                    "providers and tenants' own credentials make more than \(RoutesFields.mostProviders) accounts, the maximum"
                )
                break
            } else {
                let account = provider.account(of: credential.tenant, with: credential.source)
                positions[account.name] = credential.value.position
                accounts.append(account)
            }
        }
        return accounts
    }
}
