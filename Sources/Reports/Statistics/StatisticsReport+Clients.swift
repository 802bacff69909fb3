package import Access
import Events
package import Routing

extension StatisticsReport {
    /// What a client may see of it: all with the scope `admin` or if there is only one tenant, else its tenant's own accounts.
    package func seen(by client: Client, in routes: Routes) -> StatisticsReport {
        guard let visible = routes.providersSeen(by: client) else { return self }
        let names = Set(visible.map(\.name))
        return StatisticsReport(
            since: since,
            from: from,
            step: step,
            whole: nil,
            providers: providers.filter { names.contains($0.provider) },
            gateways: gateways
        )
    }
}
