import Access
import ConfigurationFile
import Events
import JSON

/// Finds clients whose rules for passed calls lead nowhere, once the whole file is read.
enum PassCheck {
    /// - Parameter rules: each client's `"pass"` in the file.
    static func check(_ routes: Routes, _ rules: [ClientName: JSONValue], _ fields: inout FieldReader) {
        // Each look goes through all clients and routes.
        var known: [ProviderName: Set<TenantID>] = [:]
        func tenants(at account: ProviderName) -> Set<TenantID> {
            if let tenants = known[account] { return tenants }
            let tenants = routes.tenants(at: account)
            known[account] = tenants
            return tenants
        }
        for client in routes.clients {
            guard let value = rules[client.name] else { continue }
            if !client.pass.rules.isEmpty, !client.may(.readVendor), !client.may(.writeVendor) {
                fields.fault(
                    value,
                    "\"\(client.name)\" has neither the scope vendor:read nor vendor:write, so nothing is passed",
                    severity: .warning
                )
            }
            for member in value.members {
                let name = ProviderName(member.name)
                let adapter =
                    routes.providers.first { $0.name == name }?.traits.adapter ?? AdapterName(member.name)
                guard let rule = client.pass[adapter] else { continue }
                switch routes.target(of: rule, in: adapter, for: client, tenants) {
                case .account: break
                case .noProvider:
                    let known = routes.providers.filter { $0.traits.adapter == adapter && $0.owner == nil }
                    let advice =
                        known.isEmpty
                        ? "there is none at all"
                        : "use a provider's name, such as \"\(known[0].name)\", instead of \"\(adapter)\""
                    fields.fault(
                        member.key,
                        "no provider of \(adapter) is primary in the routes of \"\(client.name)\"; \(advice)"
                    )
                case .shared(let account):
                    fields.fault(
                        member.key,
                        "tenants share the account of \"\(account)\", so nothing is passed; give the tenant a credential of its own, or "
                            + "say \"pass_shared\": true if \"\(client.name)\" may see the whole account",
                        severity: .warning
                    )
                }
            }
        }
    }
}
