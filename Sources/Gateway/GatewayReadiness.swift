import Access
import DeliveryEngine
import Events
import Ingress
import Journal
import Routing

/// Tells `readyz` how the parts are.
struct GatewayReadiness: ReadinessReporting {
    let archive: any EventArchive
    let routes: CurrentRoutes
    let vault: CredentialVault
    let monitor: DeliveryMonitor
    let clock: any WallClock

    /// A shorter wait is what rate limits are for.
    private static let longWait = Duration.seconds(60)

    func report() async -> ReadinessReport {
        let snapshot = routes.current.routes
        var items = [await storeItem()]
        items.append(
            ReadinessItem(
                name: "routes",
                isReady: true,
                detail: "\(snapshot.routes.count) routes, \(snapshot.providers.count) providers",
                isEssential: true
            )
        )
        let states = monitor.current
        for provider in snapshot.providers { items.append(await providerItem(provider.name, states[provider.name])) }
        return ReadinessReport(await items + goneItems(besides: snapshot.providers.map(\.name)))
    }

    private func storeItem() async -> ReadinessItem {
        do {
            let damaged = try await archive.damage()
            let detail =
                damaged.isEmpty ? "readable" : "\(damaged.count) chunks are damaged and passed over; see the log"
            return ReadinessItem(name: "store", isReady: true, detail: detail, isEssential: true)
        } catch {
            return ReadinessItem(name: "store", isReady: false, detail: "the store cannot be read", isEssential: true)
        }
    }

    /// Providers that `routes.json` does not have any more, and for which deliveries wait all the same.
    private func goneItems(besides configured: [ProviderName]) async -> [ReadinessItem] {
        do {
            return try await archive.providersWithBacklog().filter { !configured.contains($0) }.map { name in
                let detail = "routes.json does not have it any more, and deliveries wait for it"
                return Self.item(name, isReady: false, detail)
            }
        } catch {
            // The item of the store says so.
            return []
        }
    }

    private func providerItem(_ name: ProviderName, _ state: PipelineMachine.Snapshot?) async -> ReadinessItem {
        do throws(CredentialUnavailable) {
            _ = try await vault.credential(of: name)
        } catch {
            return Self.item(name, isReady: false, error.message)
        }
        guard let state else { return Self.item(name, isReady: false, "starting") }
        if let parked = state.parked { return Self.item(name, isReady: false, "parked: \(parked.message)") }
        if let hold = state.operatorHold {
            let end = "tollgate providers resume \(name) ends it"
            return Self.item(name, isReady: false, "held by \(hold.by) until \(hold.until.rfc3339); \(end)")
        }
        if let until = state.heldUntil, until - clock.now >= Self.longWait {
            let reason = state.holdFault.map { ": \($0.message)" } ?? ""
            let end = "tollgate providers resume \(name) ends the wait"
            return Self.item(name, isReady: false, "the vendor asked to wait until \(until.rfc3339)\(reason); \(end)")
        }
        let detail = "circuit \(state.circuit)" + (state.lastFault.map { ", last: \($0.message)" } ?? "")
        return Self.item(name, isReady: state.circuit == "closed", detail)
    }

    private static func item(_ name: ProviderName, isReady: Bool, _ detail: String) -> ReadinessItem {
        ReadinessItem(
            name: "provider \(name)",
            provider: name,
            isReady: isReady,
            detail: detail,
            isEssential: false
        )
    }
}
