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

    func report() async -> [ReadinessItem] {
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
        return await items + goneItems(besides: snapshot.providers.map(\.name))
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
                return ReadinessItem(name: "provider \(name)", isReady: false, detail: detail, isEssential: false)
            }
        } catch {
            // The item of the store says so.
            return []
        }
    }

    private func providerItem(_ name: ProviderName, _ state: PipelineMachine.Snapshot?) async -> ReadinessItem {
        let item = "provider \(name)"
        do throws(CredentialUnavailable) {
            _ = try await vault.credential(of: name)
        } catch {
            return ReadinessItem(name: item, isReady: false, detail: error.message, isEssential: false)
        }
        guard let state else {
            return ReadinessItem(name: item, isReady: false, detail: "starting", isEssential: false)
        }
        if let parked = state.parked {
            return ReadinessItem(name: item, isReady: false, detail: "parked: \(parked.message)", isEssential: false)
        }
        if let hold = state.operatorHold {
            let detail = "held by \(hold.by) until \(hold.until.rfc3339); tollgate providers resume \(name) ends it"
            return ReadinessItem(name: item, isReady: false, detail: detail, isEssential: false)
        }
        if let until = state.heldUntil, until - clock.now >= Self.longWait {
            let reason = state.holdFault.map { ": \($0.message)" } ?? ""
            let detail =
                "the vendor asked to wait until \(until.rfc3339)\(reason); tollgate providers resume \(name) ends the wait"
            return ReadinessItem(name: item, isReady: false, detail: detail, isEssential: false)
        }
        let detail = "circuit \(state.circuit)" + (state.lastFault.map { ", last: \($0.message)" } ?? "")
        return ReadinessItem(name: item, isReady: state.circuit == "closed", detail: detail, isEssential: false)
    }
}
